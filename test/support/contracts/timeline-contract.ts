import { beforeEach, describe, expect, it } from 'vitest';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { BACKFILL } from '../../../src/timelines/timeline-reader.ts';
import { createWorld, dump, type MakeTable, post, times, type World } from '../world.ts';

const DAY = 86_400_000;

const ids = (thoughts: Thought[]): string[] => thoughts.map(({ id }) => id);

/** What readers find in their lists, whatever the table is. */
export const timelineContract = (makeTable: MakeTable) => {
  let world: World;
  beforeEach(async () => {
    world = createWorld(await makeTable());
    for (const name of ['alice', 'bob', 'carol', 'dave']) await world.users.ensure(name);
  });

  const timeline = async (limit = 50) => ids(await world.reader.timeline('bob', { limit }));

  /** Posts with time between, so that ids are in the order of posting. */
  const postAll = async (authors: string[], text = 'a thought'): Promise<Thought[]> => {
    const posted: Thought[] = [];
    for (const author of authors) {
      world.runtime.pass(1_000);
      posted.push(await post(world, author, text));
    }
    return posted;
  };

  /** Every page of a list behind the other. */
  const pages = async (limit: number, read: (after?: string) => Promise<Thought[]>): Promise<string[]> => {
    const found: string[] = [];
    for (;;) {
      const page = ids(await read(found.at(-1)));
      found.push(...page);
      if (page.length < limit) return found;
    }
  };

  describe('a timeline', () => {
    it('is filled when it is first read: with the own thoughts, and those of whom one follows', async () => {
      await world.follows.follow('bob', 'alice');
      const posted = await postAll(['alice', 'bob', 'carol', 'alice']);
      const expected = ids(posted.filter(({ author }) => author !== 'carol')).toReversed();
      expect(await timeline()).toEqual(expected);
      expect((await world.presence.of(['bob'])).get('bob')?.needsRebuild).toBe(false);
    });

    it('is not filled again while its reader comes by', async () => {
      await timeline();
      await postAll(['bob']);
      world.runtime.pass(2 * DAY);
      expect(await timeline()).toEqual([]);
    });

    it('is filled again after a long absence', async () => {
      await world.follows.follow('bob', 'alice');
      await timeline();
      const missed = await postAll(['alice', 'alice']);
      world.runtime.pass(31 * DAY);
      expect(await timeline()).toEqual(ids(missed).toReversed());
    });

    it("gets an author's latest hundred thoughts by a backfill, each once", async () => {
      await timeline();
      const posted = await postAll(times(BACKFILL + 5, () => 'alice'));
      await world.follows.follow('bob', 'alice');
      await world.reader.backfill('bob', 'alice');
      const before = await dump(world.table);
      await world.reader.backfill('bob', 'alice');
      expect(await dump(world.table)).toEqual(before);
      expect(await timeline(200)).toEqual(ids(posted.slice(5)).toReversed());
    });

    it('holds entries that expire ninety days after their thought was made', async () => {
      const [thought] = await postAll(['alice']);
      await world.reader.backfill('bob', 'alice');
      const [entry] = await world.table.query({ pk: 'TIMELINE#bob' });
      expect(entry?.expiresAt).toBe(Math.floor(((thought?.createdAt ?? 0) + 90 * DAY) / 1000));
    });

    it.each<[string, (world: World) => Promise<unknown>]>([
      ['unfollowed', ({ follows }) => follows.unfollow('bob', 'alice')],
      ['muted', ({ follows }) => follows.setMuted('bob', 'alice', true)],
      ['blocked', ({ follows }) => follows.block('bob', 'alice')],
      ['is blocked by', ({ follows }) => follows.block('alice', 'bob')],
    ])('shows nothing of an author whom its reader has %s', async (_, change) => {
      await world.follows.follow('bob', 'alice');
      await world.follows.follow('bob', 'carol');
      const posted = await postAll(['alice', 'carol', 'alice']);
      expect((await timeline()).length).toBe(3);
      await change(world);
      expect(await timeline()).toEqual(ids(posted.filter(({ author }) => author === 'carol')));
    });

    it('shows a muted author again who is heard again', async () => {
      await world.follows.follow('bob', 'alice');
      const posted = await postAll(['alice']);
      await world.follows.setMuted('bob', 'alice', true);
      expect(await timeline()).toEqual([]);
      await world.follows.setMuted('bob', 'alice', false);
      expect(await timeline()).toEqual(ids(posted));
    });

    it('shows thoughts as they are now, and deleted ones to who asks for tombstones', async () => {
      await world.follows.follow('bob', 'alice');
      const [one, two] = await postAll(['alice', 'alice']);
      await timeline();
      await world.thoughts.edit('alice', one?.id ?? '', { text: 'edited' });
      await world.thoughts.delete('alice', two?.id ?? '');
      expect(await world.reader.timeline('bob', { limit: 5 })).toMatchObject([{ id: one?.id, text: 'edited' }]);
      const all = await world.reader.timeline('bob', { limit: 5, tombstones: true });
      expect(all).toMatchObject([{ id: two?.id, text: '', deletedAt: world.runtime.now() }, { id: one?.id }]);
    });

    it.each([1, 2, 3, 7])('is paged without gaps where most entries are filtered out: %i a page', async (limit) => {
      for (const author of ['alice', 'carol', 'dave']) await world.follows.follow('bob', author);
      const posted = await postAll(times(40, (at) => (at % 8 === 0 ? 'alice' : at % 2 === 0 ? 'carol' : 'dave')));
      await timeline();
      await world.follows.unfollow('bob', 'carol');
      await world.follows.setMuted('bob', 'dave', true);
      const expected = ids(posted.filter(({ author }) => author === 'alice'));
      const { reader } = world;
      expect(await pages(limit, (after) => reader.timeline('bob', { after, limit }))).toEqual(expected.toReversed());
      expect(await pages(limit, (after) => reader.timeline('bob', { after, limit, oldestFirst: true }))).toEqual(
        expected,
      );
    });
  });

  describe('the list of a topic', () => {
    const topic = async (name: string) => ids(await world.reader.topic(name, { limit: 50 }));

    it('holds the thoughts on it, until an edit takes the topic away', async () => {
      const [kept, moved] = await postAll(['alice', 'bob'], 'on #aws');
      for (const thought of [kept, moved]) if (thought) await world.timelines.addToFeeds(thought);
      expect(await topic('aws')).toEqual([moved?.id, kept?.id]);
      const outcome = await world.thoughts.edit('bob', moved?.id ?? '', { text: 'on #gcp' });
      if (outcome.kind === 'changed') await world.timelines.addToFeeds(outcome.thought);
      expect(await topic('aws')).toEqual([kept?.id]);
      expect(await topic('gcp')).toEqual([moved?.id]);
      await world.thoughts.edit('bob', moved?.id ?? '', { text: 'on #aws again' });
      expect(await topic('aws')).toEqual([moved?.id, kept?.id]);
    });

    it('is paged without gaps where most of its thoughts are gone', async () => {
      const posted = await postAll(
        times(20, () => 'alice'),
        '#aws',
      );
      for (const thought of posted) await world.timelines.addToFeeds(thought);
      const gone = posted.filter((_, at) => at % 4 !== 0);
      for (const { id } of gone) await world.thoughts.delete('alice', id);
      const expected = ids(posted.filter((_, at) => at % 4 === 0)).toReversed();
      expect(await pages(2, (after) => world.reader.topic('aws', { after, limit: 2 }))).toEqual(expected);
    });
  });

  it('lists the replies to a thought, from either end', async () => {
    const [target] = await postAll(['alice']);
    if (!target) throw new Error('not posted');
    const replies: Thought[] = [];
    for (const author of ['bob', 'carol']) {
      world.runtime.pass(1_000);
      replies.push(await post(world, author, 'reply', { inReplyTo: { author: 'alice', id: target.id } }));
    }
    for (const thought of [target, ...replies]) await world.timelines.addToFeeds(thought);
    expect(ids(await world.reader.replies(target.id, { limit: 5, oldestFirst: true }))).toEqual(ids(replies));
    expect(ids(await world.reader.replies(target.id, { limit: 1 }))).toEqual(ids(replies.slice(1)));
  });
};
