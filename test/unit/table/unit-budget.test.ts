import { describe, expect, it } from 'vitest';
import { measureUnits, type Units } from '../../support/units.ts';

/** Read and write units by AWS's rules, at most. The reader follows 200 where nothing else is said. */
const BUDGET: Record<string, Units> = {
  page_warm: { reads: 25, writes: 0 },
  page_50: { reads: 25, writes: 0 },
  page_20_push: { reads: 35, writes: 4 },
  page_100_push: { reads: 80, writes: 4 },
  page_after_absence: { reads: 130, writes: 1 },
  page_2000_follows: { reads: 70, writes: 0 },
  resume_nothing_new: { reads: 10, writes: 0 },
  ping_idle: { reads: 2, writes: 0 },
  ping_full: { reads: 60, writes: 0 },
  post: { reads: 1, writes: 6 },
  follow: { reads: 6, writes: 8 },
  entry: { reads: 0, writes: 1 },
};

describe('units by AWS’s rules', () => {
  it('stay within the budget of each access pattern', async () => {
    const found = await measureUnits();
    expect(Object.keys(found).sort()).toEqual(Object.keys(BUDGET).sort());
    const over = Object.entries(found).filter(([name, { reads, writes }]) => {
      const { reads: mostReads = 0, writes: mostWrites = 0 } = BUDGET[name] ?? {};
      return reads > mostReads || writes > mostWrites;
    });
    expect(over).toEqual([]);
  }, 60_000);
});
