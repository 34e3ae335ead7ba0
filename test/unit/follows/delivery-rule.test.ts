import { describe, expect, it } from 'vitest';
import { type DeliveryFacts, decideDelivery } from '../../../src/follows/delivery-rule.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post, SETTINGS, times } from '../../support/world.ts';

const settings = { pushPostsPerDay: 0.4, pushFollowers: 10_000, maxPushEdges: 100 };
const facts: DeliveryFacts = { postsPerDay: 0, followers: 0, pushEdges: 0 };

describe('the cheaper way to deliver', () => {
  it.each<[string, Partial<DeliveryFacts>, 'entry' | 'push']>([
    ['who posts seldom, to few', {}, 'entry'],
    ['who posts as often as the limit', { postsPerDay: 0.4 }, 'entry'],
    ['who posts more often', { postsPerDay: 0.41 }, 'push'],
    ['who has as many followers as the limit', { followers: 10_000 }, 'entry'],
    ['who has more', { followers: 10_001 }, 'push'],
    ['who posts often, to who merges as many as may be', { postsPerDay: 9, pushEdges: 100 }, 'entry'],
    ['who is merged, and has come down a little', { postsPerDay: 0.21, now: 'push' }, 'push'],
    ['who is merged, and has come down by half', { postsPerDay: 0.2, followers: 5_000, now: 'push' }, 'entry'],
    ['who has entries, and is in between', { postsPerDay: 0.3, now: 'entry' }, 'entry'],
  ])('%s', (_, more, expected) => {
    expect(decideDelivery({ ...facts, ...more }, settings)).toBe(expected);
  });
});

describe('the advisor', () => {
  const create = async (more: Partial<typeof settings> = {}) => {
    const world = createWorld(new MemoryTable(), { delivery: { ...SETTINGS.delivery, ...settings, ...more } });
    for (const name of ['alice', 'bob', 'carol', 'dave']) await world.users.ensure(name);
    for (const name of ['alice', 'carol'])
      for (const text of times(5, (at) => `thought ${at}`)) await post(world, name, text);
    return world;
  };
  const kinds = async (world: Awaited<ReturnType<typeof create>>) =>
    Object.fromEntries((await world.follows.sourcesOf('bob')).map(({ author, delivery }) => [author, delivery]));

  it("chooses `push` for a new follow of an author who posts often, up to the reader's limit of such edges", async () => {
    const world = await create({ maxPushEdges: 1 });
    expect(await world.advisor.forNew('bob', 'dave')).toBe('entry');
    expect(await world.advisor.forNew('bob', 'alice')).toBe('push');
    await world.follows.follow('bob', 'alice', 'push');
    expect(await world.advisor.forNew('bob', 'carol')).toBe('entry');
  });

  it('changes an edge when the reader reads the first page, and the page is the same', async () => {
    const world = await create();
    await world.follows.follow('bob', 'alice', 'entry');
    const first = await world.reader.timelinePage('bob', { limit: 3 });
    for (let reads = 0; reads < 50 && (await kinds(world)).alice === 'entry'; reads++) {
      expect(await world.reader.timelinePage('bob', { limit: 3 })).toEqual(first);
    }
    expect(await kinds(world)).toEqual({ alice: 'push' });
    world.runtime.pass(30 * 86_400_000);
    for (let reads = 0; reads < 50 && (await kinds(world)).alice === 'push'; reads++) {
      expect(await world.reader.timelinePage('bob', { limit: 3 })).toEqual(first);
    }
    expect(await kinds(world)).toEqual({ alice: 'entry' });
  });
});
