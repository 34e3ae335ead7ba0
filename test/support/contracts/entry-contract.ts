import { beforeEach, describe, expect, it } from 'vitest';
import { FanOut } from '../../../src/fan-out/fan-out.ts';
import type { EdgeItem } from '../../../src/follows/edge.ts';
import { keys } from '../../../src/keys/keys.ts';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import type { Item } from '../../../src/table/table.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { MeteredTable } from '../metered-table.ts';
import { ids } from '../pages.ts';
import { createWorld, type MakeTable, post, times, type World } from '../world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Entries as what they are: a cache, which is complete from a time on that each edge knows. */
export const entryContract = (makeTable: MakeTable) =>
  describe('a timeline made of entries', () => {
    let world: World;
    let table: MeteredTable;
    let fanOut: FanOut;
    beforeEach(async () => {
      table = new MeteredTable(await makeTable());
      world = createWorld(table);
      fanOut = new FanOut({ ...world, settings: world.settings.fanOut });
      for (const name of ['alice', 'bob', 'carol']) await world.users.ensure(name);
      await world.reader.timelinePage('bob', { limit: 1 });
    });

    const timeline = async () => ids((await world.reader.timelinePage('bob', { limit: 50 })).thoughts);
    const entries = async () => (await table.query({ pk: 'TIMELINE#bob' })).map(({ sk }) => sk);
    /** A thought that was fanned out. */
    const tell = async (author: string): Promise<Thought> => {
      world.runtime.pass(1_000);
      const thought = await post(world, author);
      const change = { author, id: thought.id, version: 1, at: thought.createdAt };
      await fanOut.handle(
        { kind: 'thought', change, topicsBefore: [] },
        { pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY },
      );
      return thought;
    };
    const edgeOf = async (follower: string, author: string) =>
      await table.get<EdgeItem>(keys.following(follower, author), { consistent: true });

    describe('entries', () => {
      it('are not written by a follow, and are relied on from the margin after it', async () => {
        const old = await tell('alice');
        await world.follows.follow('bob', 'alice');
        expect(await entries()).toEqual([]);
        expect((await edgeOf('bob', 'alice'))?.warmFrom).toBe(world.runtime.now() + MINUTE);
        const early = await tell('alice');
        world.runtime.pass(2 * MINUTE);
        const warm = await tell('alice');
        expect(await entries()).toEqual([early.id, warm.id]);
        expect(await timeline()).toEqual(ids([warm, early, old]));
      });

      it('are needed only for thoughts after `warmFrom`', async () => {
        await world.follows.follow('bob', 'alice');
        const early = await tell('alice');
        world.runtime.pass(2 * MINUTE);
        const warm = await tell('alice');
        for (const id of ids([early, warm])) await table.batchWrite([{ delete: keys.timelineEntry('bob', id) }]);
        expect(await timeline()).toEqual([early.id]);
      });

      it('of an unfollowed author stay in the table and are not shown', async () => {
        await world.follows.follow('bob', 'alice');
        await tell('alice');
        await world.follows.unfollow('bob', 'alice');
        await tell('alice');
        expect(await entries()).toHaveLength(1);
        expect(await timeline()).toEqual([]);
      });

      it('are not written while the author is muted, and are relied on from the margin after the unmute', async () => {
        await world.follows.follow('bob', 'alice');
        world.runtime.pass(2 * MINUTE);
        const before = await tell('alice');
        await world.follows.setMuted('bob', 'alice', true);
        const meanwhile = await tell('alice');
        expect(await entries()).toEqual([before.id]);
        await world.follows.setMuted('bob', 'alice', false);
        expect((await edgeOf('bob', 'alice'))?.warmFrom).toBe(world.runtime.now() + MINUTE);
        expect(await timeline()).toEqual(ids([meanwhile, before]));
      });

      it.each([
        ['entry', 'push'],
        ['push', 'entry'],
      ] as const)('are relied on anew when the kind of an edge changes: from %s to %s', async (from, to) => {
        await world.follows.follow('bob', 'alice', from);
        world.runtime.pass(2 * MINUTE);
        const before = await tell('alice');
        expect(await world.follows.setDelivery('bob', 'alice', to)).toEqual({ kind: 'done' });
        expect((await edgeOf('bob', 'alice'))?.warmFrom).toBe(world.runtime.now() + MINUTE);
        const after = await tell('alice');
        expect(await entries()).toEqual([from === 'entry' ? before.id : after.id]);
        expect(await timeline()).toEqual(ids([after, before]));
      });

      it('are written for as long as the reader relies on them and one day longer', async () => {
        await world.follows.follow('bob', 'alice');
        world.runtime.pass(31 * DAY - MINUTE);
        const last = await tell('alice');
        world.runtime.pass(2 * MINUTE);
        const none = await tell('alice');
        expect(await entries()).toEqual([last.id]);
        expect(await timeline()).toEqual(ids([none, last]));
      });

      it('are not needed after weeks away: the timeline shows everything, and the return costs one write', async () => {
        const followed = times(5, (at) => `author_${at}`);
        for (const name of followed) {
          await world.users.ensure(name);
          await world.follows.follow('bob', name);
        }
        const posted: Thought[] = [await tell('author_0')];
        world.runtime.pass(60 * DAY);
        for (const name of followed) posted.push(await tell(name));
        expect(await entries()).toHaveLength(1);
        table.writes = 0;
        expect(await timeline()).toEqual(ids(posted).toReversed());
        expect(table.writes).toBe(1);
      });

      it('expire at least a day after the reader stops to rely on them', async () => {
        await world.follows.follow('bob', 'alice');
        const thought = await tell('alice');
        const [entry] = await table.query({ pk: 'TIMELINE#bob' });
        expect(entry?.expiresAt).toBe(Math.floor((thought.createdAt + 31 * DAY) / 1000));
        const { retentionMs, entryMs } = world.settings.timelines;
        expect(entryMs - retentionMs).toBeGreaterThanOrEqual(DAY);
      });

      it('that have expired are missing in no timeline', async () => {
        await world.follows.follow('bob', 'alice');
        world.runtime.pass(2 * MINUTE);
        const thought = await tell('alice');
        for (let days = 0; days < 30; days++) {
          world.runtime.pass(DAY);
          await world.presence.seen('bob');
        }
        world.runtime.pass(1);
        await table.batchWrite([{ delete: keys.timelineEntry('bob', thought.id) }]);
        expect(await timeline()).toEqual([thought.id]);
      });
    });

    describe('an edge of the first edition', () => {
      const stored = { muted: false, since: 1 };
      const put = async (more: object = {}) => {
        const item = { ...stored, ...more, follower: 'bob', author: 'alice' };
        await table.batchWrite([
          { put: { ...keys.following('bob', 'alice'), type: 'following', ...item } as Item },
          { put: { ...keys.follower('alice', 'bob'), type: 'follower', ...item } as Item },
        ]);
      };

      it('gets entries, and its reader relies on none', async () => {
        await put();
        const [one, two] = [await tell('alice'), await tell('alice')];
        expect(await entries()).toEqual(ids([one, two]));
        await table.batchWrite([{ delete: keys.timelineEntry('bob', one.id) }]);
        expect(await timeline()).toEqual(ids([two, one]));
        expect(await world.follows.sourcesOf('bob')).toMatchObject([{ delivery: 'entry', author: 'alice' }]);
      });

      it('is muted, and has a `warmFrom` after the unmute', async () => {
        await put();
        expect(await world.follows.setMuted('bob', 'alice', true)).toEqual({ kind: 'done' });
        expect(await world.follows.setMuted('bob', 'alice', false)).toEqual({ kind: 'done' });
        const warmFrom = world.runtime.now() + MINUTE;
        expect(await edgeOf('bob', 'alice')).toMatchObject({ ...stored, delivery: 'entry', warmFrom });
      });

      it('changes its kind', async () => {
        await put();
        expect(await world.follows.setDelivery('bob', 'alice', 'push')).toEqual({ kind: 'done' });
        await tell('alice');
        expect(await entries()).toEqual([]);
        expect(await timeline()).toHaveLength(1);
      });

      it('stays muted', async () => {
        await put({ muted: true });
        await tell('alice');
        expect(await entries()).toEqual([]);
        expect(await timeline()).toEqual([]);
      });
    });

    it('shows all thoughts of an author whose head is of the first edition', async () => {
      const posted = [await tell('alice'), await tell('alice')];
      const head = keys.head('alice');
      await table.batchWrite([{ put: { ...head, type: 'clock', seq: 2 } as Item }]);
      await world.follows.follow('bob', 'alice');
      expect(await timeline()).toEqual(ids(posted).toReversed());
      posted.push(await tell('alice'));
      expect(await timeline()).toEqual(ids(posted).toReversed());
    });
  });
