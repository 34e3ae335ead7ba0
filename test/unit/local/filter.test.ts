import { describe, expect, it } from 'vitest';
import { compileFilters } from '../../../local/event-source-mapping/filter.ts';
import { readMappingSettings } from '../../../local/event-source-mapping/settings.ts';
import { fakeRecord } from '../../support/fake-stream.ts';
import { mappingSettings } from '../../support/serverless-yml.ts';

const passes = (pattern: Record<string, unknown>, event: object) => compileFilters([pattern])(event);
/** Whether a field with this value passes; `undefined` is a field that is not there. */
const valuePasses = (tests: unknown[], field: unknown) => passes({ field: tests }, { field });

describe('a filter pattern', () => {
  it.each<[string, unknown[], unknown[], unknown[]]>([
    ['a string', ['a'], ['a'], ['A', 'ab', '', 1, null, undefined]],
    ['a number', [5], [5], ['5', 6, undefined]],
    ['a truth value', [true], [true], [false, 'true', undefined]],
    ['null', [null], [null], ['', 0, 'null', undefined]],
    ['the empty string', [''], [''], [' ', null, undefined]],
    ['any of several', ['a', 'b'], ['a', 'b'], ['c']],
    ['prefix', [{ prefix: 'th' }], ['thought', 'th'], ['Thought', 'a th', 5, undefined]],
    ['suffix', [{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', 'a.png ', undefined]],
    ['equals-ignore-case', [{ 'equals-ignore-case': 'Alice' }], ['alice', 'ALICE'], ['alice ', undefined]],
    ['anything-but', [{ 'anything-but': 'a' }], ['b', 5, null], ['a', undefined, { S: 'b' }]],
    ['anything-but of several', [{ 'anything-but': ['a', 5] }], ['b', 6], ['a', 5]],
    ['exists', [{ exists: true }], ['a', '', 0, false, null], [undefined, { S: 'a' }]],
    ['exists not', [{ exists: false }], [undefined], ['a', '', 0, null]],
    ['numeric equal', [{ numeric: ['=', 5] }], [5], [4, '5', undefined]],
    ['numeric less', [{ numeric: ['<', 5] }], [4.9], [5, 6]],
    ['numeric at most', [{ numeric: ['<=', 5] }], [5], [5.1]],
    ['numeric more', [{ numeric: ['>', 5] }], [5.1], [5]],
    ['numeric at least', [{ numeric: ['>=', 5] }], [5], [4.9]],
    ['numeric range', [{ numeric: ['>', 0, '<=', 5] }], [0.1, 5], [0, 5.1]],
    ['operators side by side', [{ prefix: 'a' }, { exists: false }, 7], ['ab', undefined, 7], ['b', 8]],
  ])('tests for %s', (_name, tests, passing, failing) => {
    expect(passing.filter((value) => !valuePasses(tests, value))).toEqual([]);
    expect(failing.filter((value) => valuePasses(tests, value))).toEqual([]);
  });

  it('looks into a list of objects: one of them must pass by all of its fields', () => {
    const pattern = { topics: { L: { S: ['aws'], N: [{ exists: false }] } } };
    expect(passes(pattern, { topics: { L: [{ S: 'tea' }, { S: 'aws' }] } })).toBe(true);
    expect(passes(pattern, { topics: { L: [{ S: 'tea' }, { S: 'aws', N: '1' }] } })).toBe(false);
    expect(passes(pattern, { topics: { L: [] } })).toBe(false);
  });

  it('passes a list when one of its elements does', () => {
    expect(valuePasses(['b'], ['a', 'b'])).toBe(true);
    expect(valuePasses(['b'], ['a', 'c'])).toBe(false);
  });

  it('needs all of its fields', () => {
    const pattern = { kind: ['x'], nested: { name: ['y'] } };
    expect(passes(pattern, { kind: 'x', nested: { name: 'y', other: 1 } })).toBe(true);
    expect(passes(pattern, { kind: 'x', nested: { name: 'z' } })).toBe(false);
    expect(passes(pattern, { kind: 'x' })).toBe(false);
  });

  it('takes either branch of $or, together with the fields beside it', () => {
    const pattern = { kind: ['x'], $or: [{ size: [{ numeric: ['>', 10] }] }, { name: ['y'] }] };
    expect(passes(pattern, { kind: 'x', size: 11 })).toBe(true);
    expect(passes(pattern, { kind: 'x', name: 'y' })).toBe(true);
    expect(passes(pattern, { kind: 'x', size: 9 })).toBe(false);
    expect(passes(pattern, { kind: 'z', size: 11 })).toBe(false);
  });

  it.each([
    ['cidr', { field: [{ cidr: '10.0.0.0/24' }] }],
    ['wildcard', { field: [{ wildcard: '*.png' }] }],
    ['anything-but', { field: [{ 'anything-but': { prefix: 'a' } }] }],
    ['prefix, suffix', { field: [{ prefix: 'a', suffix: 'b' }] }],
    ['numeric', { field: [{ numeric: ['~', 5] }] }],
    ['numeric', { field: [{ numeric: ['<'] }] }],
    ['numeric', { field: [{ numeric: [] }] }],
  ])('refuses %s by name when it can not read it', (name, pattern) => {
    expect(() => compileFilters([pattern])).toThrow(`"${name}"`);
  });

  it('refuses a value outside of a list, as AWS does', () => {
    expect(() => compileFilters([{ eventName: 'INSERT' }])).toThrow('must be in a list: "INSERT"');
  });
});

describe('several filters', () => {
  it('pass a record when one of them passes it', () => {
    const either = compileFilters([{ a: [1] }, { b: [2] }]);
    expect([{ a: 1 }, { b: 2 }, { a: 2, b: 1 }].map(either)).toEqual([true, true, false]);
  });

  it('pass every record when there are none', () => {
    expect(compileFilters([])({ any: 'thing' })).toBe(true);
  });
});

describe('the filter of serverless.yml', () => {
  const isDelivered = compileFilters(readMappingSettings(mappingSettings()).filterPatterns);
  const record = (type: string, eventName: 'INSERT' | 'MODIFY' | 'REMOVE') =>
    fakeRecord({ item: 'alice', at: 1, type, eventName });

  it.each(['thought', 'following', 'task', 'message', 'roster'])(
    'lets a %s that is new or changed through, and of what is gone only a follow',
    (type) => {
      expect(isDelivered(record(type, 'INSERT'))).toBe(true);
      expect(isDelivered(record(type, 'MODIFY'))).toBe(true);
      expect(isDelivered(record(type, 'REMOVE'))).toBe(type === 'following');
    },
  );

  it.each([
    ...['timeline', 'topic', 'reply', 'presence', 'connection', 'subscription', 'ticket'],
    ...['follower', 'block', 'count', 'clock', 'user', 'idempotency', 'conversation', 'inbox'],
  ])('keeps out a %s, so that what the fan-out writes never invokes it', (type) => {
    expect(isDelivered(record(type, 'INSERT'))).toBe(false);
    expect(isDelivered(record(type, 'MODIFY'))).toBe(false);
    expect(isDelivered(record(type, 'REMOVE'))).toBe(false);
  });
});
