import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedPartitions } from '../../../src/keys/keys.ts';
import { engineTable } from '../../support/engine-table.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { ids } from '../../support/pages.ts';
import { createWorld, post, times } from '../../support/world.ts';

const FEED_SHARDS = 16;

describe('the feed of all thoughts', { timeout: 60_000 }, () => {
  it('puts no more than 15% of 10,000 posts into one partition of the index', async () => {
    const table = new MemoryTable();
    const world = createWorld(table, { feedShards: FEED_SHARDS });
    for (let at = 0; at < 10_000; at++) {
      world.runtime.pass(3);
      await post(world, `author_${at % 50}`);
    }
    const counts = new Map<string, number>();
    for (const { feedPk } of table.items.values()) {
      if (feedPk !== undefined) counts.set(String(feedPk), (counts.get(String(feedPk)) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(feedPartitions(FEED_SHARDS).sort());
    expect(Math.max(...counts.values())).toBeLessThan(0.15 * 10_000);
  });

  it('equals a plain list at 1,000 random pages', async () => {
    const { table } = await engineTable();
    const world = createWorld(table, { feedShards: FEED_SHARDS });
    const { thoughts, lists, runtime } = world;
    const all = [];
    for (const at of times(500, (n) => n)) {
      runtime.pass(at % 3);
      all.push(await post(world, `author_${at % 9}`, 'a thought', at % 7 === 0 ? { expiresIn: 60 } : {}));
    }
    for (const { author, id } of all.filter((_, at) => at % 5 === 0 || (at > 200 && at < 330))) {
      await thoughts.delete(author, id);
    }
    runtime.pass(61_000);
    const visible: string[] = [];
    for (const { author, id } of all) if (await thoughts.get(author, id)) visible.push(id);
    visible.sort();
    const page = fc.record({
      limit: fc.integer({ min: 1, max: 50 }),
      after: fc.option(fc.constantFrom(...ids(all)), { nil: undefined }),
      oldestFirst: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(page, async ({ limit, after, oldestFirst }) => {
        const isBehind = (id: string) => after === undefined || (oldestFirst ? id > after : id < after);
        const behind = visible.filter(isBehind);
        const expected = oldestFirst ? behind : behind.reverse();
        const found = await lists.all().page({ limit, after, oldestFirst });
        expect(ids(found.thoughts)).toEqual(expected.slice(0, found.thoughts.length));
        if (found.next === undefined) expect(found.thoughts).toHaveLength(expected.length);
        else expect(found.thoughts).toHaveLength(limit);
      }),
      { numRuns: 1_000 },
    );
  });
});
