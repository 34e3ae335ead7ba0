import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import { hydrate } from '../../../src/thoughts/hydration.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { ThoughtCache } from '../../../src/thoughts/thought-cache.ts';
import type { ChangeOutcome } from '../../../src/thoughts/thought-store.ts';
import { everyId, ids } from '../pages.ts';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';

const changed = (outcome: ChangeOutcome): Thought => {
  if (outcome.kind !== 'changed') throw new Error(`Not changed: ${outcome.kind}`);
  return outcome.thought;
};

/** What becomes of thoughts, whatever the table is. */
export const thoughtContract = (makeTable: MakeTable) => {
  describe('a thought', () => {
    let world: World;
    beforeEach(async () => {
      world = createWorld(await makeTable());
    });

    const countOf = async (username: string) => {
      await world.users.ensure(username);
      return (await world.users.get(username))?.counts.thoughts;
    };

    it('is stored as posted, with the hashtags of its text among its topics', async () => {
      const thought = await post(world, 'alice', 'On #AWS', { topics: ['dynamodb'], image: 'alice/x.png' });
      expect(thought).toMatchObject({
        author: 'alice',
        text: 'On #AWS',
        topics: ['dynamodb', 'aws'],
        version: 1,
        seq: 1,
      });
      expect(thought.createdAt).toBe(world.runtime.now());
      expect(await world.thoughts.get('alice', thought.id)).toEqual(JSON.parse(JSON.stringify(thought)));
      expect(await world.thoughts.get('bob', thought.id)).toBeUndefined();
    });

    it('numbers all changes of one author in one sequence, separately for each author', async () => {
      const { thoughts } = world;
      const one = await post(world, 'alice');
      const two = await post(world, 'alice');
      const edit = changed(await thoughts.edit('alice', one.id, { text: 'edited' }));
      await post(world, 'bob');
      const gone = changed(await thoughts.delete('alice', two.id));
      const three = await post(world, 'alice');
      expect([one, two, edit, gone, three].map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      expect((await post(world, 'bob')).seq).toBe(2);
    });

    it('is stored and numbered without holes when one author posts ten at once', async () => {
      const posted = await Promise.all(times(10, (at) => post(world, 'alice', `thought ${at}`)));
      expect(posted.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(times(10, (at) => at + 1));
      expect((await world.lists.of('alice').page({ limit: 50 })).thoughts.length).toBe(10);
      expect(await countOf('alice')).toBe(10);
      expect(await world.table.get(keys.head('alice'))).toMatchObject({ seq: 10 });
    });

    it('applies concurrent edits one after the other', async () => {
      const { id } = await post(world, 'alice');
      const outcomes = await Promise.all(times(5, (at) => world.thoughts.edit('alice', id, { text: `edit ${at}` })));
      const edits = outcomes.map(changed);
      expect(edits.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6]);
      expect(edits.map(({ seq }) => seq).sort()).toEqual([2, 3, 4, 5, 6]);
      const last = edits.find(({ version }) => version === 6);
      expect((await world.thoughts.get('alice', id))?.text).toBe(last?.text);
    });

    it('applies one of two edits of the same version, and answers the other that the version is stale', async () => {
      const { id } = await post(world, 'alice');
      const outcomes = await Promise.all(times(2, (at) => world.thoughts.edit('alice', id, { text: `${at}` }, [1])));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['changed', 'stale']);
    });

    it('keeps what an edit does not touch, and counts versions', async () => {
      const target = await post(world, 'bob');
      const reply = { author: 'bob', id: target.id };
      const { id, createdAt } = await post(world, 'alice', 'old #old', { image: 'alice/x.png', inReplyTo: reply });
      world.runtime.pass(5_000);
      const edited = changed(await world.thoughts.edit('alice', id, { text: 'new #new', topics: ['extra'] }, [3, 1]));
      expect(edited).toMatchObject({
        id,
        createdAt,
        text: 'new #new',
        version: 2,
        image: 'alice/x.png',
        inReplyTo: reply,
      });
      expect(edited.topics).toEqual(['extra', 'new']);
      expect(edited.editedAt).toBe(createdAt + 5_000);
      expect(await world.thoughts.get('alice', id)).toEqual(edited);
    });

    it('is not changed by an edit that names another version', async () => {
      const { id } = await post(world, 'alice', 'first');
      expect(await world.thoughts.edit('alice', id, { text: 'x' }, [2, 3])).toEqual({ kind: 'stale' });
      expect(await world.thoughts.delete('alice', id, [2])).toEqual({ kind: 'stale' });
      expect(await world.thoughts.get('alice', id)).toMatchObject({ text: 'first', version: 1 });
      expect((await post(world, 'alice')).seq).toBe(2);
    });

    it('that does not exist is neither edited nor deleted', async () => {
      const id = world.runtime.newId();
      expect(await world.thoughts.edit('alice', id, { text: 'x' })).toEqual({ kind: 'not_found' });
      expect(await world.thoughts.delete('alice', id)).toEqual({ kind: 'not_found' });
    });

    it('is deleted once, and leaves a tombstone without its text', async () => {
      const { thoughts } = world;
      const { id } = await post(world, 'alice', 'secret #aws', { image: 'alice/x.png' });
      changed(await thoughts.delete('alice', id, [1]));
      expect(await thoughts.delete('alice', id)).toEqual({ kind: 'not_found' });
      expect(await thoughts.edit('alice', id, { text: 'x' })).toEqual({ kind: 'not_found' });
      expect(await thoughts.get('alice', id)).toBeUndefined();
      expect(await countOf('alice')).toBe(0);
      const [tombstone] = (await world.lists.of('alice').page({ limit: 10, tombstones: true })).thoughts;
      expect(tombstone).toMatchObject({ id, seq: 2, version: 2, text: '', deletedAt: world.runtime.now() });
      expect(tombstone?.image).toBeUndefined();
    });

    it('that two delete at once is deleted once', async () => {
      const { id } = await post(world, 'alice');
      const outcomes = await Promise.all(times(2, () => world.thoughts.delete('alice', id)));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['changed', 'not_found']);
      expect(await countOf('alice')).toBe(0);
    });

    it('that was deleted is in no list, except for callers that ask for tombstones', async () => {
      const { lists, thoughts } = world;
      const kept = await post(world, 'alice');
      const { author, id } = await post(world, 'alice');
      changed(await thoughts.delete('alice', id));
      expect(await everyId((page) => lists.of('alice').page(page), { limit: 10 })).toEqual([kept.id]);
      expect(await everyId((page) => lists.all().page(page), { limit: 10 })).toEqual([kept.id]);
      const [tombstone] = (await lists.of('alice').page({ limit: 10, tombstones: true })).thoughts;
      expect(tombstone).toMatchObject({ author, id, deletedAt: world.runtime.now() });
    });

    it('that has expired is not shown, also while it is still stored', async () => {
      const { lists, runtime, thoughts } = world;
      const { id } = await post(world, 'alice', 'soon gone', { expiresIn: 60 });
      runtime.pass(59_000);
      expect(await thoughts.get('alice', id)).toBeDefined();
      runtime.pass(1_000);
      expect(await thoughts.get('alice', id)).toBeUndefined();
      expect(await lists.of('alice').page({ limit: 10, tombstones: true })).toEqual({ thoughts: [] });
      expect(await lists.all().page({ limit: 10 })).toEqual({ thoughts: [] });
      expect(await thoughts.edit('alice', id, { text: 'x' })).toEqual({ kind: 'not_found' });
      expect(await thoughts.delete('alice', id)).toEqual({ kind: 'not_found' });
    });

    it('is listed newest first, or oldest first, page by page without gaps', async () => {
      const { lists, runtime, thoughts } = world;
      const posted: Thought[] = [];
      for (let at = 0; at < 12; at++) {
        runtime.pass(1_000);
        posted.push(await post(world, at % 2 === 0 ? 'alice' : 'bob', `thought ${at}`));
      }
      for (const { author, id } of posted.slice(2, 9)) changed(await thoughts.delete(author, id));
      const left = ids([...posted.slice(0, 2), ...posted.slice(9)]);
      const own = ids(posted.filter(({ id, author }) => author === 'alice' && left.includes(id)));

      for (const [list, expected] of [
        [lists.all(), left],
        [lists.of('alice'), own],
      ] as const) {
        expect(await everyId((page) => list.page(page), { limit: 2 })).toEqual(expected.toReversed());
        expect(await everyId((page) => list.page(page), { limit: 2, oldestFirst: true })).toEqual(expected);
      }
    });

    it('is found behind many references to deleted thoughts', async () => {
      const { id } = await post(world, 'alice');
      const unknown = times(150, () => ({ author: 'bob', id: world.runtime.newId() }));
      const found = await hydrate(
        new ThoughtCache({ table: world.table, runtime: world.runtime }),
        [...unknown, { author: 'alice', id }],
        {
          now: world.runtime.now(),
        },
      );
      expect(ids(found)).toEqual([id]);
    });
  });
};
