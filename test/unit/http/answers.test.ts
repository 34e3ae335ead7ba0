import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/http/problems.ts';
import { parse } from '../../../src/http/route.ts';
import { parseFrame } from '../../../src/protocol/client-frames.ts';
import { NewThought } from '../../../src/thoughts/thought.ts';
import { times } from '../../support/world.ts';

const problemOf = (body: unknown): Problem => {
  try {
    parse(NewThought, body, 'body');
  } catch (error) {
    return error as Problem;
  }
  throw new Error('It was taken');
};

describe('the answer to a bad request', () => {
  it.each([
    ['many unknown fields', Object.fromEntries(times(50_000, (at) => [`field_${at}`, at]))],
    ['many bad topics', { text: 'x', topics: times(50_000, () => '!') }],
    ['a long field', { text: 'x', ['y'.repeat(60_000)]: 1 }],
    ['many bad fields of one reference', { text: 'x', inReplyTo: Object.fromEntries(times(50_000, (at) => [at, at])) }],
  ])('stays small when it has %s', (_what, body) => {
    const problem = problemOf(body);
    expect(problem.code).toBe('invalid_request');
    expect(JSON.stringify(problem.view()).length).toBeLessThan(10_000);
    expect(problem.errors?.length).toBeLessThanOrEqual(10);
  });

  it('is small also as a frame', () => {
    const channels = times(120, () => 7);
    const parsed = parseFrame(JSON.stringify({ action: 'subscribe', channels }));
    expect(parsed.kind).toBe('error');
    expect(JSON.stringify(parsed).length).toBeLessThan(1_500);
  });
});
