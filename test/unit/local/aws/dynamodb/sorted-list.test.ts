import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedList } from '../../../../../local/aws/dynamodb/sorted-list.ts';
import { sortableText } from '../../../../../local/aws/dynamodb/values.ts';

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('a sorted list', () => {
  it('does what a sorted array does, in many chunks', () => {
    const key = fc.integer({ min: 0, max: 3_000 }).map((number) => String(number).padStart(4, '0'));
    const step = fc.record({ key, kind: fc.constantFrom('set', 'set', 'set', 'delete') });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1_000, maxLength: 3_000 }), key, (steps, at) => {
        const list = new SortedList<string>();
        const model = new Set<string>();
        for (const step of steps) {
          if (step.kind === 'set') list.set(step.key, step.key);
          else list.delete(step.key);
          if (step.kind === 'set') model.add(step.key);
          else model.delete(step.key);
        }
        const sorted = [...model].sort();
        expect(list.size).toBe(sorted.length);
        expect([...list.from('')]).toEqual(sorted);
        expect([...list.before()]).toEqual(sorted.toReversed());
        expect([...list.from(at)]).toEqual(sorted.filter((each) => each >= at));
        expect([...list.before(at)]).toEqual(sorted.filter((each) => each < at).toReversed());
        expect(list.get(at)).toBe(model.has(at) ? at : undefined);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps keys that only rise or only fall', () => {
    for (const direction of [1, -1]) {
      const list = new SortedList<number>();
      for (let at = 0; at < 5_000; at++) list.set(String(10_000 + at * direction), at);
      expect([...list.from('')].length).toBe(5_000);
      expect(list.get(String(10_000 + 4_321 * direction))).toBe(4_321);
    }
  });
});

describe('the sortable form of a text', () => {
  it('sorts by the bytes of UTF-8', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'ü', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '\u{1F600}'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [sortableText(a), sortableText(b)];
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(compareBytes(a, b));
      }),
    );
  });
});
