import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SIZES, measureNeighbours } from '../../../tools/simulation/neighbours.ts';

/** About a tenth of the sizes of `npm run simulate -- --neighbours 100000`, and of the table's writes. */
const TENTH = { ...DEFAULT_SIZES, followers: 4_000, authors: 5, shards: 2, tableWrites: 400 };

describe('small authors beside a large one', { timeout: 60_000 }, () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue();
  });

  it('have a p99 to the last entry of at most three times that without the large one', async () => {
    const quiet = await measureNeighbours(TENTH, true);
    const busy = await measureNeighbours(TENTH, false);
    expect(busy.thoughts).toBeGreaterThan(30);
    expect(busy.tasks).toBeGreaterThan(3);
    expect(busy.p99 / quiet.p99).toBeLessThan(3);
  });
});
