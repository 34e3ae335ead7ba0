import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_BLOCKS } from '../../../src/follows/block-store.ts';
import { MAX_FOLLOWS } from '../../../src/follows/follow-store.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { TestRuntime } from '../test-runtime.ts';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';

type CountItem = Item & { blocks?: number };

/** An runtime whose chance always says the same. */
class SameChance extends TestRuntime {
  constructor(value: number) {
    super();
    this.random = () => value;
  }
}

/** Who follows, mutes and blocks whom, whatever the table is. */
export const followContract = (makeTable: MakeTable) => {
  describe('a follow', () => {
    let world: World;
    beforeEach(async () => {
      world = createWorld(await makeTable());
      for (const name of ['alice', 'bob', 'carol']) await world.users.ensure(name);
    });

    const counts = async (name: string) => {
      const user = await world.users.get(name);
      return [user?.counts.followers, user?.counts.following];
    };
    const relation = async (reader: string, author: string) =>
      (await world.follows.relations(reader, [author])).get(author);
    const followers = async (author: string) => await world.follows.followersOf(author, undefined, 100);

    it('exists once when it is made several times', async () => {
      const { follows } = world;
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'following' });
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'following' });
      expect(await counts('alice')).toEqual([1, 0]);
      expect(await counts('bob')).toEqual([0, 1]);
      expect(await relation('bob', 'alice')).toEqual({ follows: true, muted: false, blocked: false });
      expect(await relation('alice', 'bob')).toEqual({ follows: false, muted: false, blocked: false });
    });

    it('exists once when it is made five times at once', async () => {
      await Promise.all(times(5, () => world.follows.follow('bob', 'alice')));
      expect(await counts('alice')).toEqual([1, 0]);
    });

    it('keeps its start and its mute when it is made again', async () => {
      const { runtime, follows, table } = world;
      await follows.follow('bob', 'alice');
      await follows.setMuted('bob', 'alice', true);
      const before = await table.query({ pk: 'USER#bob', prefix: 'FOLLOWING#' });
      runtime.pass(1_000);
      await follows.follow('bob', 'alice');
      expect(await table.query({ pk: 'USER#bob', prefix: 'FOLLOWING#' })).toEqual(before);
    });

    it('ends once when it is ended several times', async () => {
      const { follows } = world;
      await follows.unfollow('bob', 'alice');
      await follows.follow('bob', 'alice');
      await Promise.all(times(3, () => follows.unfollow('bob', 'alice')));
      expect(await counts('alice')).toEqual([0, 0]);
      expect(await counts('bob')).toEqual([0, 0]);
      expect(await followers('alice')).toEqual([]);
    });

    it('needs an author who exists', async () => {
      expect(await world.follows.follow('bob', 'nobody')).toEqual({ kind: 'unknown_user' });
      expect(await counts('bob')).toEqual([0, 0]);
    });

    it("is shown to the follower with the follower's own mute and block, not with those of the author", async () => {
      const { blocks, follows, ownRelations } = world;
      const nothing = { follows: false, muted: false, blocked: false };
      await follows.follow('bob', 'alice');
      await follows.setMuted('bob', 'alice', true);
      await follows.follow('alice', 'bob');
      await follows.follow('bob', 'carol');
      await blocks.block('carol', 'bob');
      expect(await ownRelations.of('bob', ['alice', 'carol', 'nobody', 'bob'])).toEqual([
        { username: 'alice', follows: true, muted: true, blocked: false },
        { username: 'carol', ...nothing },
        { username: 'nobody', ...nothing },
        { username: 'bob', ...nothing },
      ]);
      await blocks.block('bob', 'alice');
      expect(await ownRelations.of('bob', ['alice'])).toEqual([{ username: 'alice', ...nothing, blocked: true }]);
      expect(await ownRelations.of('alice', ['bob'])).toEqual([{ username: 'bob', ...nothing }]);
    });

    it('is muted and unmuted in both of its items', async () => {
      const { follows, table } = world;
      await follows.follow('bob', 'alice');
      expect(await follows.setMuted('bob', 'alice', true)).toEqual({ kind: 'done' });
      expect(await relation('bob', 'alice')).toEqual({ follows: true, muted: true, blocked: false });
      expect(await table.query({ pk: 'FOLLOWERS#alice' })).toMatchObject([{ type: 'follower', muted: true }]);
      await follows.setMuted('bob', 'alice', false);
      expect(await relation('bob', 'alice')).toMatchObject({ muted: false });
      expect(await table.query({ pk: 'FOLLOWERS#alice' })).toMatchObject([{ type: 'follower', muted: false }]);
    });

    it('that does not exist cannot be muted', async () => {
      expect(await world.follows.setMuted('bob', 'alice', true)).toEqual({ kind: 'not_following' });
      expect(await followers('alice')).toEqual([]);
    });

    it('ends in both directions with a block, and is refused in both until unblocked', async () => {
      const { blocks, follows } = world;
      await follows.follow('bob', 'alice');
      await follows.follow('alice', 'bob');
      await follows.follow('carol', 'alice');
      await blocks.block('alice', 'bob');
      expect(await counts('alice')).toEqual([1, 0]);
      expect(await counts('bob')).toEqual([0, 0]);
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'blocked' });
      expect(await follows.follow('alice', 'bob')).toEqual({ kind: 'blocked' });
      expect(await relation('bob', 'alice')).toEqual({ follows: false, muted: false, blocked: true });
      expect(await relation('alice', 'bob')).toMatchObject({ blocked: true });
      await blocks.unblock('alice', 'bob');
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'following' });
    });

    it('is blocked once when the block is made several times', async () => {
      const { blocks, follows } = world;
      await follows.follow('bob', 'alice');
      await Promise.all(times(3, () => blocks.block('alice', 'bob')));
      expect(await counts('alice')).toEqual([0, 0]);
      await blocks.unblock('bob', 'alice');
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'blocked' });
    });

    it('ends when a block is made at the same time', async () => {
      const { blocks, follows } = world;
      await Promise.all([follows.follow('bob', 'alice'), blocks.block('alice', 'bob'), follows.follow('alice', 'bob')]);
      expect(await relation('bob', 'alice')).toMatchObject({ follows: false, blocked: true });
      expect(await relation('alice', 'bob')).toMatchObject({ follows: false });
      expect([await counts('alice'), await counts('bob')]).toEqual([
        [0, 0],
        [0, 0],
      ]);
    });

    it('ends in both directions, whatever shards of the counters are changed', async () => {
      const { blocks, follows } = createWorld(world.table, {}, new SameChance(0));
      await follows.follow('bob', 'alice');
      await follows.follow('alice', 'bob');
      await blocks.block('alice', 'bob');
    });

    it('is refused to a person with the largest number of follows, and not to others', async () => {
      const { follows, users } = world;
      await follows.follow('bob', 'carol');
      const count = keys.count({ kind: 'user', username: 'bob' }, 'OWN');
      await world.table.write([{ update: count, add: { following: MAX_FOLLOWS - 2 } }]);
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'following' });
      await users.ensure('dan');
      expect(await follows.follow('bob', 'dan')).toEqual({ kind: 'too_many' });
      expect(await followers('dan')).toEqual([]);
      // Whom one follows already is no new follow.
      expect(await follows.follow('bob', 'alice')).toEqual({ kind: 'following' });
      expect(await follows.follow('alice', 'dan')).toEqual({ kind: 'following' });
      await follows.unfollow('bob', 'alice');
      expect(await follows.follow('bob', 'dan')).toEqual({ kind: 'following' });
    });

    it('is blocked for at most 1,000 others by one person, and for more by others', async () => {
      const { blocks, follows } = world;
      await world.users.ensure('dan');
      const own = keys.count({ kind: 'user', username: 'bob' }, 'OWN');
      const counted = async () => (await world.table.get<CountItem>(own, { consistent: true }))?.blocks;
      await follows.follow('bob', 'alice');
      await follows.follow('bob', 'dan');
      await world.table.write([{ update: own, add: { blocks: MAX_BLOCKS - 1 } }]);
      expect(await blocks.block('bob', 'alice')).toEqual({ kind: 'blocked' });
      expect(await blocks.block('bob', 'dan')).toEqual({ kind: 'too_many' });
      expect(await blocks.block('bob', 'carol')).toEqual({ kind: 'too_many' });
      // Nothing of a refused block is written: the follow stands, and others may follow.
      expect(await relation('bob', 'dan')).toEqual({ follows: true, muted: false, blocked: false });
      expect(await counts('bob')).toEqual([0, 1]);
      expect(await follows.follow('carol', 'bob')).toEqual({ kind: 'following' });
      // A block that stands is no new block, and the other one's blocks are the other one's.
      expect(await blocks.block('bob', 'alice')).toEqual({ kind: 'blocked' });
      expect(await blocks.block('alice', 'bob')).toEqual({ kind: 'blocked' });
      expect(await counted()).toBe(MAX_BLOCKS);
      await Promise.all(times(3, () => blocks.unblock('bob', 'alice')));
      expect(await counted()).toBe(MAX_BLOCKS - 1);
      expect(await blocks.block('bob', 'carol')).toEqual({ kind: 'blocked' });
      expect(await blocks.block('bob', 'dan')).toEqual({ kind: 'too_many' });
    });

    it('is blocked once and counted once by five at once, whatever the other one does', async () => {
      const { blocks } = world;
      const counted = async (username: string) => {
        const own = keys.count({ kind: 'user', username }, 'OWN');
        return (await world.table.get<CountItem>(own, { consistent: true }))?.blocks ?? 0;
      };
      await Promise.all(times(5, (at) => (at % 2 === 0 ? blocks.block('bob', 'alice') : blocks.block('alice', 'bob'))));
      expect([await counted('bob'), await counted('alice')]).toEqual([1, 1]);
      await blocks.unblock('alice', 'bob');
      expect([await counted('bob'), await counted('alice')]).toEqual([1, 0]);
      expect(await relation('alice', 'bob')).toMatchObject({ blocked: true });
    });

    it('is blocked since before blocks were counted: lifted without a count below zero, or counted once', async () => {
      const { blocks, table } = world;
      const own = keys.count({ kind: 'user', username: 'bob' }, 'OWN');
      const counted = async () => (await table.get<CountItem>(own, { consistent: true }))?.blocks ?? 0;
      const block = (blocked: string) => ({ ...keys.block('bob', blocked), type: 'block', username: 'bob', blocked });
      await table.batchWrite([{ put: block('alice') }, { put: block('carol') }]);
      await blocks.unblock('bob', 'alice');
      expect(await counted()).toBe(0);
      expect(await relation('bob', 'alice')).toMatchObject({ blocked: false });
      await Promise.all(times(2, () => blocks.takeKeys('bob', 'carol')));
      await blocks.takeKeys('bob', 'alice');
      expect(await counted()).toBe(1);
      expect(await relation('bob', 'alice')).toMatchObject({ blocked: false });
      await blocks.unblock('bob', 'carol');
      expect(await counted()).toBe(0);
    });

    it('is found behind 1,000 blocks in two queries', async () => {
      const names = times(MAX_BLOCKS, (at) => `barred_${at}`);
      const barred = names.map((name) => ({ put: { ...keys.following('bob', name), type: 'barred' } }));
      await world.table.batchWrite(barred, { deadline: Number.POSITIVE_INFINITY });
      const last = times(3, (at) => `followed_${at}`);
      for (const name of last) {
        await world.users.ensure(name);
        await world.follows.follow('bob', name);
      }
      const query = vi.spyOn(world.table, 'query');
      expect(await world.follows.followingOf('bob', undefined, 2)).toEqual(last.slice(0, 2));
      expect(await world.follows.followingOf('bob', last[1], 2)).toEqual(last.slice(2));
      expect(query).toHaveBeenCalledTimes(3);
    });

    it('is listed by pages in both directions', async () => {
      const { follows, users } = world;
      const names = times(12, (at) => `fan_${String(at).padStart(2, '0')}`);
      for (const name of names) {
        await users.ensure(name);
        await follows.follow(name, 'alice');
        await follows.follow('carol', name);
      }
      const pages = async (read: (after: string | undefined) => Promise<string[]>) => {
        const found: string[] = [];
        let after: string | undefined;
        for (;;) {
          const page = await read(after);
          found.push(...page);
          after = page.at(-1);
          if (page.length < 5) return found;
        }
      };
      expect((await pages((after) => follows.followersOf('alice', after, 5))).sort()).toEqual(names);
      expect(await pages((after) => follows.followingOf('carol', after, 5))).toEqual(names);
      expect((await follows.followingOf('carol', undefined)).length).toBe(12);
    });

    it('answers the relations to many authors at once, and none to oneself', async () => {
      const { blocks, follows } = world;
      await follows.follow('bob', 'alice');
      await blocks.block('carol', 'bob');
      const relations = await follows.relations('bob', [
        'alice',
        'alice',
        'bob',
        'carol',
        ...times(120, (at) => `x_${at}`),
      ]);
      expect(relations.size).toBe(122);
      expect(relations.get('alice')).toMatchObject({ follows: true, blocked: false });
      expect(relations.get('carol')).toMatchObject({ follows: false, blocked: true });
    });

    it('leaves the thoughts of a blocked person in the table', async () => {
      await post(world, 'bob');
      await world.blocks.block('alice', 'bob');
      expect((await world.lists.of('bob').page({ limit: 5 })).thoughts.length).toBe(1);
    });
  });
};
