import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HEAD_IDS,
  type HeadItem,
  headWrite,
  packIds,
  postsPerDay,
  toHead,
  unpackIds,
} from '../../../src/thoughts/author-head.ts';
import { firstIdAt } from '../../../src/thoughts/thought.ts';
import { itemBytes } from '../../support/metered-table.ts';
import { times } from '../../support/world.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const idAt = (at: number) => firstIdAt(NOW - at);
const id = fc.uuid({ version: 7 });

/** The item after these ids were created in turn. */
const written = (created: string[]): HeadItem => {
  let item: HeadItem | undefined;
  for (const one of created) {
    const write = headWrite(toHead('alice', item), { created: one, counted: 1 });
    if (!('update' in write)) throw new Error('The head is written by an update');
    const thoughts = (item?.thoughts ?? 0) + 1;
    item = { ...(item ?? { ...write.update }), ...write.set, thoughts } as HeadItem;
  }
  if (!item) throw new Error('Nothing was written');
  return item;
};

describe('the head of an author', () => {
  it('keeps ids through packing, in 22 characters each', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: HEAD_IDS }), (ids) => {
        expect(unpackIds(packIds(ids))).toEqual(ids);
        expect(packIds(ids)).toHaveLength(22 * ids.length);
      }),
    );
  });

  it('has the greatest ids, newest first, in whatever order they were stored', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 60 }), (ids) => {
        const { recent, isWhole, seq } = toHead('alice', written(ids));
        expect(recent).toEqual(ids.toSorted().reverse().slice(0, HEAD_IDS));
        expect(isWhole).toBe(ids.length <= HEAD_IDS);
        expect(seq).toBe(ids.length);
      }),
      { numRuns: 50 },
    );
  });

  it('fits one write unit, also for the longest name and many changes', () => {
    const item = written(times(HEAD_IDS + 1, (at) => idAt(-at)));
    const longest = { ...item, pk: `USER#${'x'.repeat(30)}`, seq: 10 ** 9, thoughts: 10 ** 9 };
    expect(item.more).toBe(true);
    expect(itemBytes(longest)).toBeLessThanOrEqual(1_024);
  });

  it('of the first edition lists only the thoughts that are posted from now on', () => {
    const first = toHead('alice', { pk: 'USER#alice', sk: 'SEQ', type: 'clock', seq: 7 });
    expect(first).toMatchObject({ seq: 7, recent: [], isWhole: false });
    expect(headWrite(first, { created: idAt(0) })).toMatchObject({
      set: { seq: 8, recent: packIds([idAt(0)]), more: true },
    });
    expect(toHead('alice', undefined)).toMatchObject({ seq: 0, isWhole: true });
  });

  it('is changed only with its present number', () => {
    expect(headWrite(toHead('alice', undefined))).toMatchObject({ when: [{ attribute: 'seq', is: 'absent' }] });
    expect(headWrite(toHead('alice', written([idAt(0)])))).toMatchObject({
      set: { seq: 2 },
      when: [{ attribute: 'seq', is: '=', value: 1 }],
    });
  });

  it.each([
    ['nothing', [], 0],
    ['one in the last week', [0], 1 / 7],
    ['seven in the last week, and older ones', [...times(7, (at) => at * DAY), 8 * DAY, 9 * DAY], 1],
  ])('tells how often the author posts: %s', (_, ages, expected) => {
    const ids = ages.map(idAt);
    const head = ids.length > 0 ? toHead('alice', written(ids)) : toHead('alice', undefined);
    expect(postsPerDay(head, NOW)).toBeCloseTo(expected, 5);
  });

  it('estimates it from the listed ids when more were posted in a week', () => {
    const ids = times(HEAD_IDS + 5, (at) => idAt((at * DAY) / 10));
    expect(postsPerDay(toHead('alice', written(ids)), NOW)).toBeCloseTo(HEAD_IDS / 3.9, 5);
  });
});
