import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import { type HeadItem, headWrite, toHead } from '../../../src/thoughts/author-head.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { thoughtItem } from '../../../src/thoughts/thought-items.ts';
import { everyId, ids } from '../pages.ts';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';

const DAY = 86_400_000;

/** Posts with time between, so that ids are in the order of posting. */
export const postAll = async (world: World, authors: string[], text = 'a thought'): Promise<Thought[]> => {
  const posted: Thought[] = [];
  for (const author of authors) {
    world.runtime.pass(1_000);
    posted.push(await post(world, author, text));
  }
  return posted;
};

/** Stores thoughts like the author's last one, later ones, without a transaction for each. */
export const storeCopies = async ({ runtime, settings, table }: World, like: Thought, count: number) => {
  const copies = times(count, (): Thought => ({ ...like, id: runtime.newId() }));
  const puts = copies.map((copy) => ({ put: thoughtItem(copy, settings.feedShards) }));
  await table.batchWrite(puts, { deadline: Number.POSITIVE_INFINITY });
  const stored = await table.get<HeadItem>(keys.head(like.author), { consistent: true });
  const [created = '', ...others] = ids(copies).toReversed();
  const head = toHead(like.author, stored);
  await table.write([headWrite({ ...head, recent: [...head.recent, ...others] }, { created })]);
  return copies;
};

/** What a reader finds in the timeline, whatever the table is. */
export const timelineContract = (makeTable: MakeTable) => {
  describe('a timeline', () => {
    let world: World;
    beforeEach(async () => {
      world = createWorld(await makeTable());
      for (const name of ['alice', 'bob', 'carol', 'dave']) await world.users.ensure(name);
    });

    const timeline = async (limit = 50) => ids((await world.reader.timelinePage('bob', { limit })).thoughts);

    it("has the own thoughts, and those of whom one follows, and nobody else's", async () => {
      await world.follows.follow('bob', 'alice');
      const posted = await postAll(world, ['alice', 'bob', 'carol', 'alice']);
      const expected = ids(posted.filter(({ author }) => author !== 'carol')).toReversed();
      expect(await timeline()).toEqual(expected);
    });

    it("has one's own thought at once, before the fan-out", async () => {
      expect(await timeline()).toEqual([]);
      const [own] = await postAll(world, ['bob']);
      expect(await timeline()).toEqual([own?.id]);
      expect(await world.table.query({ pk: 'TIMELINE#bob' })).toEqual([]);
    });

    it('has all thoughts of a followed author at once, of any age', async () => {
      const early = await post(world, 'alice');
      const posted = [early, ...(await storeCopies(world, early, 59))];
      world.runtime.pass(400 * DAY);
      const late = await postAll(world, ['alice']);
      await world.follows.follow('bob', 'alice');
      const expected = ids([...posted, ...late]).toReversed();
      const read = (page: Parameters<typeof world.reader.timelinePage>[1]) => world.reader.timelinePage('bob', page);
      expect(await everyId(read, { limit: 7 })).toEqual(expected);
      expect(await everyId(read, { limit: 7, oldestFirst: true })).toEqual(expected.toReversed());
    });

    it.each<[string, (world: World) => Promise<unknown>]>([
      ['unfollowed', ({ follows }) => follows.unfollow('bob', 'alice')],
      ['muted', ({ follows }) => follows.setMuted('bob', 'alice', true)],
      ['blocked', ({ blocks }) => blocks.block('bob', 'alice')],
      ['is blocked by', ({ blocks }) => blocks.block('alice', 'bob')],
    ])('shows nothing of an author whom its reader has %s, entries or not', async (_, change) => {
      await world.follows.follow('bob', 'alice');
      await world.follows.follow('bob', 'carol');
      const posted = await postAll(world, ['alice', 'carol', 'alice']);
      for (const thought of posted.slice(0, 2)) await world.timelines.addToAll(['bob'], thought);
      expect((await timeline()).length).toBe(3);
      await change(world);
      expect(await timeline()).toEqual(ids(posted.filter(({ author }) => author === 'carol')));
    });

    it('shows an unmuted author again, with the thoughts posted meanwhile', async () => {
      await world.follows.follow('bob', 'alice');
      const before = await postAll(world, ['alice']);
      await world.follows.setMuted('bob', 'alice', true);
      const meanwhile = await postAll(world, ['alice', 'alice']);
      expect(await timeline()).toEqual([]);
      await world.follows.setMuted('bob', 'alice', false);
      expect(await timeline()).toEqual(ids([...before, ...meanwhile]).toReversed());
    });

    it('shows an author who is followed again, with the thoughts posted meanwhile', async () => {
      await world.follows.follow('bob', 'alice');
      const before = await postAll(world, ['alice']);
      await world.follows.unfollow('bob', 'alice');
      const meanwhile = await postAll(world, ['alice']);
      await world.follows.follow('bob', 'alice');
      expect(await timeline()).toEqual(ids([...before, ...meanwhile]).toReversed());
    });

    it('shows thoughts as they are now, and deleted ones to callers that ask for tombstones', async () => {
      await world.follows.follow('bob', 'alice');
      const [one, two] = await postAll(world, ['alice', 'alice']);
      await world.thoughts.edit('alice', one?.id ?? '', { text: 'edited' });
      await world.thoughts.delete('alice', two?.id ?? '');
      const page = await world.reader.timelinePage('bob', { limit: 5 });
      expect(page.thoughts).toMatchObject([{ id: one?.id, text: 'edited' }]);
      const all = await world.reader.timelinePage('bob', { limit: 5, tombstones: true });
      expect(all.thoughts).toMatchObject([{ id: two?.id, text: '', deletedAt: world.runtime.now() }, { id: one?.id }]);
    });

    it('is paged without gaps when most thoughts are filtered out, by 1, 2, 3 or 7 a page', async () => {
      for (const author of ['alice', 'carol', 'dave']) await world.follows.follow('bob', author);
      const authors = times(40, (at) => (at % 8 === 0 ? 'alice' : at % 2 === 0 ? 'carol' : 'dave'));
      const posted = await postAll(world, authors);
      for (const thought of posted) await world.timelines.addToAll(['bob'], thought);
      await world.follows.unfollow('bob', 'carol');
      await world.follows.setMuted('bob', 'dave', true);
      const expected = ids(posted.filter(({ author }) => author === 'alice'));
      const read = (page: Parameters<typeof world.reader.timelinePage>[1]) => world.reader.timelinePage('bob', page);
      for (const limit of [1, 2, 3, 7]) {
        expect(await everyId(read, { limit })).toEqual(expected.toReversed());
        expect(await everyId(read, { limit, oldestFirst: true })).toEqual(expected);
      }
    });
  });
};
