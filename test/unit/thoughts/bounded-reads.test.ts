import { beforeAll, describe, expect, it, vi } from 'vitest';
import { MAX_EXAMINED, type PageRequest } from '../../../src/thoughts/page.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post, type World } from '../../support/world.ts';

const EXPIRED = 3_000;
/** A part of a list is twice as long as the one before: 1, 2, 4, … 64 references are 127. The feed has four shards. */
const MOST_QUERIES = 4 * 7;

describe('a page of one thought behind 3,000 that have expired', () => {
  const table = new MemoryTable();
  const query = vi.spyOn(table, 'query');
  const batchGet = vi.spyOn(table, 'batchGet');
  let world: World;
  let kept: Thought;
  beforeAll(async () => {
    world = createWorld(table);
    await world.users.ensure('alice');
    kept = await post(world, 'alice', '#aws');
    const posted = [kept];
    for (let at = 0; at < EXPIRED; at++) posted.push(await post(world, 'alice', '#aws', { expiresIn: 60 }));
    for (const thought of posted) await world.timelines.addToFeeds(thought);
    world.runtime.pass(61_000);
  });

  it.each([
    ['an author', (page: PageRequest) => world.lists.of('alice').page(page)],
    ['everybody', (page: PageRequest) => world.lists.all().page(page)],
    ['a topic', (page: PageRequest) => world.reader.topic('aws').page(page)],
  ])('of %s is short, leads on, and is made of few reads', async (_name, read) => {
    query.mockClear();
    batchGet.mockClear();
    const page = await read({ limit: 1 });
    expect(page.thoughts).toEqual([]);
    expect(page.next).toBeDefined();
    expect(query.mock.calls.length).toBeLessThanOrEqual(MOST_QUERIES);
    const references = batchGet.mock.calls.flatMap(([keys]) => keys);
    expect(references.length).toBeLessThanOrEqual(MAX_EXAMINED + 1);
    // Page by page it comes to what is left.
    let last = page;
    while (last.next !== undefined && last.thoughts.length === 0) last = await read({ limit: 20, after: last.next });
    expect(last.thoughts.map(({ id }) => id)).toEqual([kept.id]);
  });
});
