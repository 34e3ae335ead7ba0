import { beforeEach, describe, expect, it } from 'vitest';
import type { Head } from '../../../src/conversations/conversation.ts';
import { latestNumbers, unreadOf } from '../../../src/conversations/inbox.ts';
import { leaveWrite, removeWrite } from '../../../src/conversations/inbox-store.ts';
import type { Message } from '../../../src/conversations/message.ts';
import { keys } from '../../../src/keys/keys.ts';
import type { Item } from '../../../src/table/table.ts';
import { createWorld, type MakeTable, times, type World } from '../world.ts';
import { posted } from './conversation-contract.ts';

/** What inboxes promise, on any table. */
export const inboxContract = (makeTable: MakeTable): void => {
  describe('an inbox', () => {
    let world: World;

    beforeEach(async () => {
      world = createWorld(await makeTable());
      for (const name of ['alice', 'bob', 'carol', 'dave']) await world.users.ensure(name);
    });

    const headAt = (seq: number, place: number): Head => ({ id: 'c1', seq, place, rosterVersion: 1 });
    const message = (place: number, text: string, more: Partial<Message> = {}): Message => ({
      ...{ conversation: 'c1', place, id: `m${place}`, author: 'alice', text, createdAt: 1_000 + place },
      ...{ version: 1, seq: place, ...more },
    });

    /** Raises bob's row of one group after another, a second apart: the last one through the store, the others as its copies. */
    const raiseGroups = async (count: number): Promise<string[]> => {
      const { inboxes, runtime, table } = world;
      const ids = times(count, () => {
        runtime.pass(1_000);
        return runtime.newId();
      });
      const last = ids.at(-1) ?? '';
      const now = runtime.now();
      await inboxes.raise('bob', { ...headAt(1, 1), id: last }, message(1, 'spam', { createdAt: now }));
      const row = await table.get<Item>(keys.inboxRow('bob', last), { consistent: true });
      const copyOf = (conversation: string, at: number) => ({
        ...row,
        ...keys.inboxRow('bob', conversation),
        type: 'inbox',
        conversation,
        lastAt: now - (count - 1 - at) * 1_000,
      });
      await table.batchWrite(
        ids.slice(0, -1).map((id, at) => ({ put: copyOf(id, at) })),
        {
          deadline: Number.POSITIVE_INFINITY,
        },
      );
      return ids;
    };

    it('shows the latest state, in whatever order and however often states arrive', async () => {
      const { inboxes } = world;
      const states = [
        () => inboxes.raise('bob', headAt(1, 1), message(1, 'one')),
        () => inboxes.raise('bob', headAt(2, 2), message(2, 'two')),
        () => inboxes.raise('bob', headAt(3, 2), message(2, 'two, edited', { seq: 3 })),
        () => inboxes.raise('bob', headAt(4, 3), message(3, 'three')),
        () => inboxes.raise('bob', headAt(5, 3), message(3, '', { seq: 5, deletedAt: 5 })),
      ];
      for (const at of [1, 0, 1]) await states[at]?.();
      expect(await inboxes.row('bob', 'c1')).toMatchObject({ seq: 2, place: 2, preview: 'two', lastAt: 1_002 });
      for (const at of [2, 1]) await states[at]?.();
      expect(await inboxes.row('bob', 'c1')).toMatchObject({ seq: 3, place: 2, preview: 'two, edited' });
      for (const at of [4, 3, 2, 0]) await states[at]?.();
      expect(await inboxes.row('bob', 'c1')).toMatchObject({ seq: 5, place: 3, preview: undefined, lastAt: 1_003 });
    });

    it('counts as unread the messages after the read mark, which never goes back', async () => {
      const { inboxes } = world;
      const unread = async () => {
        const row = await inboxes.row('bob', 'c1');
        return row && unreadOf(row);
      };
      await inboxes.raise('bob', headAt(5, 5), message(5, 'five'));
      expect(await unread()).toBe(5);
      await inboxes.markRead('bob', 'c1', 3, 'reader');
      await inboxes.markRead('bob', 'c1', 2, 'reader');
      expect(await unread()).toBe(2);
      await inboxes.markRead('bob', 'c1', 7, 'stream');
      expect(await unread()).toBe(0);
      await inboxes.raise('bob', headAt(9, 9), message(9, 'nine'));
      expect(await unread()).toBe(2);
      expect(await inboxes.readMarks('c1', ['alice', 'bob'])).toEqual(new Map([['bob', 7]]));
    });

    it('does not change for a member who has left, and keeps no text', async () => {
      const { conversations, inboxes, runtime } = world;
      const { conversation } = posted(await conversations.open('alice', { members: ['bob', 'carol'], text: 'secret' }));
      const { head } = conversation;
      await inboxes.raise('bob', head, message(1, 'secret'));
      await conversations.leave('bob', head.id);
      await inboxes.raise('bob', { ...head, seq: 9, place: 9 }, message(9, 'later'));
      await inboxes.markRead('bob', head.id, 9, 'reader');
      const row = await inboxes.row('bob', head.id);
      expect(row).toMatchObject({
        lastAt: runtime.now(),
        readUpTo: 0,
        left: { from: 1, until: { place: 1, seq: 1 } },
      });
      expect(JSON.stringify(row)).not.toMatch(/secret|later/);
      expect(row && unreadOf(row)).toBe(0);
    });

    it('loses a group that was left when its owner removes it, until somebody adds them again', async () => {
      const { conversations, conversationReader, inboxes, inboxReader } = world;
      const { conversation } = posted(await conversations.open('alice', { members: ['bob', 'carol'], text: 'hello' }));
      const { head } = conversation;
      await inboxes.raise('bob', head, message(1, 'hello'));
      const remove = async () => (await conversations.remove('bob', head.id)).kind;
      const listed = async () => (await inboxReader.page('bob', {}, 10)).entries.length;
      expect(await remove()).toBe('still_member');
      await conversations.leave('bob', head.id);
      expect(await listed()).toBe(1);
      expect(await remove()).toBe('removed');
      // On its way since before the leave.
      await inboxes.raise('bob', { ...head, seq: 9, place: 9 }, message(9, 'later'));
      expect(await listed()).toBe(0);
      expect(await conversationReader.spanOf('bob', head.id)).toBeUndefined();
      expect(await inboxReader.insight('bob', head.id)).toBeUndefined();
      expect(await remove()).toBe('not_found');
      expect(await conversations.remove('dave', head.id)).toEqual({ kind: 'not_found' });
      await conversations.add('alice', head.id, 'bob');
      expect(await listed()).toBe(1);
      expect(await remove()).toBe('still_member');
    });

    it('shows and compares conversations of two also when other people add its owner to many groups', async () => {
      const { conversations, inboxes, inboxReader } = world;
      const { conversation, message: said } = posted(
        await conversations.open('alice', { members: ['bob'], text: 'dear bob' }),
      );
      await inboxes.raise('bob', conversation.head, said);
      await raiseGroups(1_000);
      const rows = await inboxes.rows('bob');
      expect(rows).toHaveLength(1_000);
      expect(rows[0]?.conversation).toBe(conversation.head.id);
      const numbers = latestNumbers(rows);
      expect(numbers).toHaveProperty(conversation.head.id);
      expect(Object.keys(numbers)).toHaveLength(100);
      const last = await inboxReader.page('bob', {}, 1_000);
      expect(last.entries.map(({ roster }) => roster.id)).toEqual([conversation.head.id]);
    });

    it('accepts 500 groups that others begin, and any number of conversations of two', async () => {
      const { conversations } = world;
      const group = posted(await conversations.open('alice', { members: ['carol', 'dave'], text: 'x' })).conversation
        .head;
      await raiseGroups(499);
      const open = (members: string[]) => conversations.open('alice', { members, text: 'x' });
      expect((await open(['bob', 'carol'])).kind).toBe('posted');
      await raiseGroups(1);
      expect(await open(['bob', 'carol'])).toEqual({ kind: 'too_many', username: 'bob' });
      expect(await conversations.add('alice', group.id, 'bob')).toEqual({ kind: 'too_many' });
      expect((await open(['bob'])).kind).toBe('posted');
      expect((await open(['carol', 'dave'])).kind).toBe('posted');
    });

    it('has room again for each group that its owner has left and removed', async () => {
      const { conversations, runtime, table } = world;
      const ids = await raiseGroups(510);
      const open = async () => (await conversations.open('alice', { members: ['bob', 'carol'], text: 'x' })).kind;
      const remove = (some: string[]) =>
        Promise.all(
          some.map(async (id) => {
            const roster = { id, kind: 'group' as const, members: [], createdAt: 0, version: 1 };
            await table.write([leaveWrite('bob', roster, { ...headAt(1, 1), id }, 1, runtime.now())]);
            expect(await table.write([removeWrite('bob', id, runtime.now())])).toEqual({ kind: 'written' });
          }),
        );
      await remove(ids.slice(0, 10));
      expect(await open()).toBe('too_many');
      await remove(ids.slice(300, 301));
      expect(await open()).toBe('posted');
    });

    it('is listed latest first, page by page', async () => {
      const { conversations, inboxes, inboxReader, runtime } = world;
      const ids: string[] = [];
      for (const at of times(5, (n) => n)) {
        runtime.pass(1_000);
        const opened = await conversations.open('alice', { members: ['bob'], name: `Group ${at}`, text: 'x' });
        const { conversation, message } = posted(opened);
        ids.unshift(conversation.head.id);
        await inboxes.raise('bob', conversation.head, message);
      }
      const found: string[] = [];
      let position = {};
      for (;;) {
        const page = await inboxReader.page('bob', position, 2);
        found.push(...page.entries.map(({ roster }) => roster.id));
        if (!page.next) break;
        position = page.next;
      }
      expect(found).toEqual(ids);
      expect(await inboxReader.page('carol', {}, 10)).toEqual({ entries: [] });
    });
  });
};
