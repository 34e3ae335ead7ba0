import { beforeEach, describe, expect, it, vi } from 'vitest';
import { measureNeighbours, SMALL_TOWN } from '../../../tools/simulation/neighbours.ts';

/** A tenth of the town that `npm run simulate -- --neighbours 100000` has, and of the table's writes. */
const TENTH = { ...SMALL_TOWN, followers: 4_000, authors: 5, shards: 2, tableWrites: 400 };

describe('small authors beside a large one', { timeout: 60_000 }, () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue();
  });

  it('have their last entry at most three times as late as in a quiet place', async () => {
    const quiet = await measureNeighbours(TENTH, true);
    const busy = await measureNeighbours(TENTH, false);
    expect(busy.thoughts).toBeGreaterThan(30);
    expect(busy.tasks).toBeGreaterThan(3);
    expect(busy.p99 / quiet.p99).toBeLessThan(3);
  });
});
