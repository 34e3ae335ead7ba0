import { beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';

/** Users and what they react to, whatever the table is. */
export const userContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
  });

  describe('a user', () => {
    it('is created once, and stays as first created', async () => {
      const { runtime, users } = world;
      expect(await users.exists('alice')).toBe(false);
      expect(await users.get('alice')).toBeUndefined();
      const createdAt = runtime.now();
      await Promise.all(times(5, () => users.ensure('alice')));
      runtime.pass(1_000);
      await users.ensure('alice');
      const counts = { followers: 0, following: 0, thoughts: 0 };
      expect(await users.get('alice')).toEqual({ username: 'alice', name: 'alice', bio: '', createdAt, counts });
      expect(await users.exists('alice')).toBe(true);
    });

    it('changes the given fields and keeps the others', async () => {
      const { users } = world;
      await users.ensure('alice');
      await users.edit('alice', { bio: 'hello' });
      await users.edit('alice', { name: 'Alice' });
      await users.edit('alice', {});
      expect(await users.get('alice')).toMatchObject({ name: 'Alice', bio: 'hello' });
      await users.edit('alice', { bio: '' });
      expect(await users.get('alice')).toMatchObject({ name: 'Alice', bio: '' });
    });

    it('has counts that sum all shards', async () => {
      const { follows, users } = world;
      await users.ensure('alice');
      for (const name of times(20, (at) => `fan_${at}`)) await follows.follow(name, 'alice');
      await post(world, 'alice');
      expect((await users.get('alice'))?.counts).toEqual({ followers: 20, following: 0, thoughts: 1 });
    });
  });

  describe('a reaction', () => {
    it('is one for each person, the last one, and is shown to that person', async () => {
      const { reactions } = world;
      const [thought, other] = [await post(world, 'alice'), await post(world, 'alice')];
      const own = (name: string) => reactions.ownOf(name, [thought.id, other.id]);
      await reactions.react('bob', thought, 'like');
      await reactions.react('bob', thought, 'love');
      await reactions.react('carol', other, 'sad');
      expect(await own('bob')).toEqual([{ thoughtId: thought.id, kind: 'love' }]);
      expect(await own('carol')).toEqual([{ thoughtId: other.id, kind: 'sad' }]);
      expect(await own('alice')).toEqual([]);
      await reactions.takeBack('bob', thought.id);
      expect(await own('bob')).toEqual([]);
    });
  });
};
