import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyRange, rangeName, SLICES, sortKeys, splitRest, WHOLE_RANGE } from '../../../src/fan-out/key-range.ts';
import { slice } from '../../../src/keys/keys.ts';
import { times } from '../../support/world.ts';

const hex = (value: number) => value.toString(16).padStart(8, '0');
/** Members anywhere, and many that share a slice or stand at its ends. */
const sliceValue = fc.oneof(
  fc.integer({ min: 0, max: SLICES - 1 }),
  fc.constantFrom(0, 1, 2, SLICES / 2, SLICES - 2, SLICES - 1),
);
const memberName = fc.stringMatching(/^[A-Za-z0-9_=-]{1,12}$/);
const members = fc.uniqueArray(
  fc.tuple(sliceValue, memberName).map(([value, name]) => `${hex(value)}#${name}`),
  { minLength: 1, maxLength: 60 },
);
const limits = fc.record({ pageSize: fc.integer({ min: 1, max: 20 }), width: fc.integer({ min: 1, max: 16 }) });

/** The members of a range as the table's query finds them. */
const inside = (range: KeyRange, all: string[]): string[] => {
  const { from, to } = sortKeys(range);
  return all.filter((sk) => sk >= from && sk <= to && (range.after === undefined || sk > range.after)).sort();
};

describe('the whole range', () => {
  it('holds every member', () => {
    fc.assert(
      fc.property(members, (all) => {
        expect(inside(WHOLE_RANGE, all)).toEqual(all.toSorted());
      }),
    );
  });
});

describe('the rest of a range that was split', () => {
  const splits = fc.tuple(members, limits, fc.double({ min: 0, max: 1, noNaN: true })).map(([all, limit, share]) => {
    const sorted = all.toSorted();
    const delivered = Math.max(1, Math.ceil(share * sorted.length));
    const last = sorted[delivered - 1] ?? '';
    return {
      limit,
      delivered,
      last,
      rest: sorted.slice(delivered),
      parts: splitRest(WHOLE_RANGE, last, delivered, limit),
    };
  });

  it('has each member after the last delivered one in exactly one part', () => {
    fc.assert(
      fc.property(splits, ({ parts, rest }) => {
        expect(parts.flatMap((part) => inside(part, rest))).toEqual(rest);
      }),
    );
  });

  it('has no member that was delivered', () => {
    fc.assert(
      fc.property(splits, members, ({ parts, last }, others) => {
        for (const member of parts.flatMap((part) => inside(part, [...others, last]))) expect(member > last).toBe(true);
      }),
    );
  });

  it('has parts without a gap or an overlap, and at most the allowed number', () => {
    fc.assert(
      fc.property(splits, ({ parts, last, limit }) => {
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(limit.width);
        expect(parts[0]).toMatchObject({ from: Number.parseInt(last.slice(0, 8), 16), after: last });
        expect(parts.at(-1)?.to).toBe(SLICES);
        for (const [at, part] of parts.entries()) {
          expect(part.from).toBeLessThan(part.to);
          if (at > 0) expect(part).toMatchObject({ from: parts[at - 1]?.to });
          if (at > 0) expect(part.after).toBeUndefined();
        }
      }),
    );
  });

  it('is smaller in each part than the range that was split, and has a name of its own', () => {
    const deep = fc.tuple(members, limits, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(deep, ([all, limit, choices]) => {
        let range = WHOLE_RANGE;
        const names = new Set([rangeName(range)]);
        for (const choice of choices) {
          const page = inside(range, all).slice(0, limit.pageSize);
          const last = page.at(-1);
          if (last === undefined) return;
          const parts = splitRest(range, last, page.length, limit);
          const size = ({ from, to }: KeyRange) => to - from;
          for (const part of parts) {
            expect(size(part) < size(range) || (part.after ?? '') > (range.after ?? '')).toBe(true);
            expect(part.from).toBeGreaterThanOrEqual(range.from);
            expect(part.to).toBeLessThanOrEqual(range.to);
          }
          expect(new Set(parts.map(rangeName)).size).toBe(parts.length);
          range = parts[choice % parts.length] ?? range;
          expect(names.has(rangeName(range))).toBe(false);
          names.add(rangeName(range));
        }
      }),
    );
  });

  it('is one part when it fits a page, and the largest number of parts when it is large', () => {
    expect(splitRest(WHOLE_RANGE, `${hex(SLICES - 2)}#x`, 100, { pageSize: 100, width: 16 }).length).toBe(1);
    expect(splitRest(WHOLE_RANGE, `${hex(1000)}#x`, 100, { pageSize: 100, width: 16 }).length).toBe(16);
    expect(splitRest(WHOLE_RANGE, `${hex(SLICES / 2)}#x`, 100, { pageSize: 50, width: 16 }).length).toBe(2);
    expect(splitRest(WHOLE_RANGE, `${hex(SLICES - 1)}#x`, 1, { pageSize: 1, width: 16 }).length).toBe(1);
  });
});

describe('an audience of names', () => {
  it.each([
    [5_000, 10, 16],
    [5_000, 100, 4],
    [300, 1, 4],
  ])('of %i is reached whole, each once, when the rest is cut once: %i a page, %i wide', (count, pageSize, width) => {
    const all = times(count, (at) => `${slice(`user_${at}`)}#user_${at}`).sort();
    const reached: string[] = [];
    const deliver = (range: KeyRange, parts: number): void => {
      const page = inside(range, all).slice(0, pageSize);
      reached.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      for (const part of splitRest(range, last, page.length, { pageSize, width: parts })) deliver(part, 1);
    };
    deliver(WHOLE_RANGE, width);
    expect(reached.sort()).toEqual(all);
  });
});
