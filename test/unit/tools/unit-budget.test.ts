import { describe, expect, it } from 'vitest';
import units from '../../../tools/cost/units.json' with { type: 'json' };
import { measureUnits, type Units } from '../../support/units.ts';

/**
 * Read and write units by AWS's rules, at most. The reader follows 200 where nothing else is said. Every pattern, these and
 * the others, takes no more than what was measured last.
 */
const BUDGET: Record<string, Units> = {
  page_warm: { reads: 25, writes: 0 },
  page_50: { reads: 25, writes: 0 },
  page_20_push: { reads: 35, writes: 4 },
  page_100_push: { reads: 80, writes: 4 },
  page_400_push: { reads: 240, writes: 4 },
  page_after_absence: { reads: 130, writes: 1 },
  page_2000_follows: { reads: 70, writes: 0 },
  resume_nothing_new: { reads: 10, writes: 0 },
  ping_idle: { reads: 2, writes: 0 },
  ping_full: { reads: 60, writes: 0 },
  post: { reads: 1, writes: 6 },
  follow: { reads: 6, writes: 8 },
  entry: { reads: 0, writes: 1 },
  connection: { reads: 5, writes: 6 },
  announce: { reads: 8, writes: 0 },
  follower_entry: { reads: 2.05, writes: 1 },
  follower_push: { reads: 1.05, writes: 0 },
  message: { reads: 2, writes: 4 },
  // One write for each of ten members, and one for the author's read mark.
  message_told: { reads: 14, writes: 11 },
  messages_page: { reads: 5, writes: 0 },
  inbox_page: { reads: 15, writes: 0 },
  // Without a bound, the rosters of 100 groups of 100 members alone would take 100 read units.
  inbox_page_large_groups: { reads: 30, writes: 0 },
  conversation: { reads: 7, writes: 0 },
};

/** Those that take more of something than they may. */
const over = (found: Record<string, Units>, most: Record<string, Units>) =>
  Object.entries(most).filter(([name, { reads, writes }]) => {
    const { reads: isReads = 0, writes: isWrites = 0 } = found[name] ?? {};
    return isReads > reads || isWrites > writes;
  });

describe('units by AWS’s rules', () => {
  it('stay within the budget of each access pattern, and are no more than the costs are computed from', async () => {
    const found = await measureUnits();
    expect(Object.keys(found).sort()).toEqual(Object.keys(units).sort());
    expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(BUDGET)));
    expect(over(found, BUDGET)).toEqual([]);
    expect(over(found, units), 'Run `npm run bench -- units` and `npm run cost -- --write`').toEqual([]);
  }, 60_000);
});
