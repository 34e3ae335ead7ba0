import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_EXAMINED, type Page, type PageRequest } from '../../../src/thoughts/page.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { everyId, everyPage, ids } from '../pages.ts';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';
import { postAll, storeCopies } from './timeline-contract.ts';

/** The lists of topics and replies, and how much any list reads for one page, whatever the table is. */
export const listContract = (makeTable: MakeTable) =>
  describe('a list of references', () => {
    let world: World;
    beforeEach(async () => {
      world = createWorld(await makeTable());
      for (const name of ['alice', 'bob']) await world.users.ensure(name);
    });

    describe('the list of a topic', () => {
      const topic = async (name: string) => ids((await world.reader.topic(name).page({ limit: 50 })).thoughts);

      it('has the thoughts of the topic until an edit removes the topic', async () => {
        const [kept, moved] = await postAll(world, ['alice', 'bob'], 'on #aws');
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
          world,
          times(20, () => 'alice'),
          '#aws',
        );
        for (const thought of posted) await world.timelines.addToFeeds(thought);
        const gone = posted.filter((_, at) => at % 4 !== 0);
        for (const { id } of gone) await world.thoughts.delete('alice', id);
        const expected = ids(posted.filter((_, at) => at % 4 === 0));
        const list = world.reader.topic('aws');
        expect(await everyId((page) => list.page(page), { limit: 2 })).toEqual(expected.toReversed());
        expect(await everyId((page) => list.page(page), { limit: 2, oldestFirst: true })).toEqual(expected);
      });
    });

    it('lists the replies to a thought, from either end', async () => {
      const [target] = await postAll(world, ['alice']);
      if (!target) throw new Error('not posted');
      const replies: Thought[] = [];
      for (const author of ['bob', 'carol']) {
        world.runtime.pass(1_000);
        replies.push(await post(world, author, 'reply', { inReplyTo: { author: 'alice', id: target.id } }));
      }
      for (const thought of [target, ...replies]) await world.timelines.addToFeeds(thought);
      const list = world.reader.replies(target.id);
      expect(ids((await list.page({ limit: 5, oldestFirst: true })).thoughts)).toEqual(ids(replies));
      expect(ids((await list.page({ limit: 1 })).thoughts)).toEqual(ids(replies.slice(1)));
    });

    it('answers short pages with a `next`, and all thoughts in the end, when most of a list is deleted', async () => {
      const gone = 2 * MAX_EXAMINED + 30;
      await world.follows.follow('bob', 'alice');
      const target = await post(world, 'bob');
      const more = { inReplyTo: { author: 'bob', id: target.id } };
      const posted = [await post(world, 'alice', '#aws', more)];
      const brief = await post(world, 'alice', '#aws', { expiresIn: 60, ...more });
      posted.push(brief, ...(await storeCopies(world, brief, gone - 1)));
      world.runtime.pass(60_000);
      posted.push(await post(world, 'alice', '#aws', more));
      for (const thought of posted) await world.timelines.addToFeeds(thought);
      const seen = ids([...posted.slice(0, 1), ...posted.slice(-1)]);

      const lists: Record<string, (page: PageRequest) => Promise<Page>> = {
        author: (page) => world.lists.of('alice').page(page),
        all: (page) => world.lists.all().page(page),
        topic: (page) => world.reader.topic('aws').page(page),
        replies: (page) => world.reader.replies(target.id).page(page),
        timeline: (page) => world.reader.timelinePage('bob', page),
      };
      for (const [name, list] of Object.entries(lists)) {
        for (const oldestFirst of [false, true]) {
          const pages = await everyPage(list, { limit: 5, oldestFirst });
          const found = pages.flatMap(({ thoughts }) => ids(thoughts)).filter((id) => id !== target.id);
          expect(found, name).toEqual(oldestFirst ? seen : seen.toReversed());
          expect(pages, name).toHaveLength(Math.ceil((gone + 2) / (MAX_EXAMINED + 5)));
          for (const page of pages.slice(0, -1)) expect(page.next).toBeDefined();
        }
      }
    }, 90_000);
  });
