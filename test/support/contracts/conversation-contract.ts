import { beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/conversations/conversation-reader.ts';
import type { Message } from '../../../src/conversations/message.ts';
import type { PostOutcome } from '../../../src/conversations/message-store.ts';
import { createWorld, type MakeTable, times, type World } from '../world.ts';

/** What was posted, which must have been. */
export const posted = (outcome: PostOutcome | { kind: string }): { conversation: Conversation; message: Message } => {
  if (outcome.kind !== 'posted') throw new Error(`Nothing was posted: ${outcome.kind}`);
  return outcome as Extract<PostOutcome, { kind: 'posted' }>;
};

const ALL = { from: 1 };

/** What conversations promise, on any table. */
export const conversationContract = (makeTable: MakeTable): void => {
  describe('conversations', () => {
    let world: World;

    beforeEach(async () => {
      world = createWorld(await makeTable());
      for (const name of ['alice', 'bob', 'carol', 'dave']) await world.users.ensure(name);
    });

    const open = async (username: string, members: string[], more: { name?: string; text?: string } = {}) => {
      const { conversation } = posted(await world.conversations.open(username, { members, text: 'hello', ...more }));
      return conversation.head.id;
    };
    const say = async (id: string, author: string, text = 'a message') =>
      posted(await world.messages.post(id, { author, text })).message;
    const texts = async (username: string, id: string): Promise<string[] | undefined> => {
      const span = await world.conversationReader.spanOf(username, id);
      return span && (await world.messages.page(id, span, { limit: 100 })).messages.map(({ text }) => text);
    };
    const membersOf = async (id: string) =>
      (await world.conversationReader.get(id))?.roster.members.map(({ username }) => username);

    it('of the same two people are one, whoever writes first', async () => {
      const id = await open('alice', ['bob'], { text: 'one' });
      expect(await open('bob', ['alice', 'bob'], { text: 'two' })).toBe(id);
      expect(await texts('alice', id)).toEqual(['two', 'one']);
      expect(await world.conversationReader.get(id)).toMatchObject({
        head: { seq: 2, place: 2 },
        roster: { kind: 'two', members: [{ username: 'alice' }, { username: 'bob' }] },
      });
    });

    it('that two people begin at once are one', async () => {
      const ids = await Promise.all([open('alice', ['bob']), open('bob', ['alice'])]);
      expect(new Set(ids).size).toBe(1);
      expect(await texts('alice', ids[0])).toHaveLength(2);
    });

    it('of more people, or with a name, are a new group each time', async () => {
      const ids = [
        await open('alice', ['bob', 'carol']),
        await open('alice', ['bob', 'carol']),
        await open('alice', ['bob'], { name: 'A name' }),
        await open('alice', ['bob']),
      ];
      expect(new Set(ids).size).toBe(4);
    });

    it('need another person, who has a profile', async () => {
      const { conversations } = world;
      expect(await conversations.open('alice', { members: ['alice'], text: 'x' })).toEqual({ kind: 'nobody_else' });
      expect(await conversations.open('alice', { members: ['bob', 'nobody'], text: 'x' })).toEqual({
        kind: 'unknown_user',
        username: 'nobody',
      });
    });

    it('of two refuse messages after a block by either person, and accept them after the unblock', async () => {
      const { blocks, messages, conversations } = world;
      const id = await open('alice', ['bob']);
      for (const [blocker, blocked] of [
        ['alice', 'bob'],
        ['bob', 'alice'],
      ] as const) {
        await blocks.block(blocker, blocked);
        for (const author of ['alice', 'bob']) {
          expect(await messages.post(id, { author, text: 'x' })).toEqual({ kind: 'blocked' });
        }
        expect(await messages.edit(id, 1, 'alice', 'x')).toEqual({ kind: 'blocked' });
        expect(await conversations.open('alice', { members: ['bob'], text: 'x' })).toEqual({ kind: 'blocked' });
        expect(await conversations.open('bob', { members: ['alice', 'carol'], text: 'x' })).toEqual({
          kind: 'blocked',
        });
        await blocks.unblock(blocker, blocked);
      }
      expect((await say(id, 'bob')).place).toBe(2);
      await blocks.block('bob', 'alice');
      expect((await messages.delete(id, 1, 'alice')).kind).toBe('changed');
    });

    it('of two show no read marks while one has blocked the other', async () => {
      const { blocks, inboxes, inboxReader } = world;
      const id = await open('alice', ['bob']);
      for (const name of ['alice', 'bob']) await inboxes.markRead(name, id, 1, 'reader');
      const marks = async (username: string) => {
        const insight = await inboxReader.insight(username, id);
        return insight?.kind === 'member' ? [...insight.readMarks.keys()].sort() : undefined;
      };
      expect(await marks('alice')).toEqual(['alice', 'bob']);
      await blocks.block('bob', 'alice');
      expect([await marks('alice'), await marks('bob')]).toEqual([['alice'], ['bob']]);
    });

    it('number messages and changes without holes, whoever writes', async () => {
      const { messages } = world;
      const id = await open('alice', ['bob', 'carol']);
      expect(await say(id, 'bob')).toMatchObject({ place: 2, seq: 2, version: 1 });
      expect(await messages.edit(id, 2, 'bob', 'edited')).toMatchObject({
        kind: 'changed',
        message: { place: 2, seq: 3, version: 2, text: 'edited', editedAt: world.runtime.now() },
      });
      expect(await say(id, 'carol')).toMatchObject({ place: 3, seq: 4 });
      expect(await messages.delete(id, 1, 'alice')).toMatchObject({ kind: 'changed', message: { seq: 5, text: '' } });
      expect(await texts('alice', id)).toEqual(['a message', 'edited']);
      expect(await world.conversationReader.get(id)).toMatchObject({ head: { seq: 5, place: 3 } });
    });

    it('let only the author change a message, at the version that was seen, and not once it is deleted', async () => {
      const { messages } = world;
      const id = await open('alice', ['bob']);
      expect(await messages.edit(id, 1, 'bob', 'x')).toEqual({ kind: 'not_yours' });
      expect(await messages.delete(id, 1, 'carol')).toEqual({ kind: 'not_found' });
      expect(await messages.edit(id, 1, 'alice', 'x', [2])).toEqual({ kind: 'stale' });
      expect(await messages.delete(id, 2, 'alice')).toEqual({ kind: 'not_found' });
      expect((await messages.delete(id, 1, 'alice', [1])).kind).toBe('changed');
      expect(await messages.delete(id, 1, 'alice')).toEqual({ kind: 'not_found' });
      expect(await messages.edit(id, 1, 'alice', 'x')).toEqual({ kind: 'not_found' });
    });

    it('store one message for one idempotency key, also when the message begins the conversation', async () => {
      const { conversations, messages } = world;
      const idempotency = { key: 'k', fingerprint: 'f' };
      const begin = (fingerprint = 'f') =>
        conversations.open('alice', { members: ['bob', 'carol'], text: 'x' }, { key: 'begin', fingerprint });
      const { conversation } = posted(await begin());
      const { id } = conversation.head;
      expect(await begin()).toMatchObject({ kind: 'replayed', conversation: { head: { id } }, message: { place: 1 } });
      expect(await begin('other')).toEqual({ kind: 'key_reused' });
      const post = () => messages.post(id, { author: 'bob', text: 'x', idempotency });
      expect(await post()).toMatchObject({ kind: 'posted', message: { place: 2 } });
      expect(await post()).toMatchObject({ kind: 'replayed', message: { place: 2 } });
      await messages.delete(id, 2, 'bob');
      expect(await post()).toEqual({ kind: 'gone' });
      expect(await texts('bob', id)).toEqual(['x']);
      await world.blocks.block('bob', 'alice');
      expect(await begin()).toMatchObject({ kind: 'replayed', conversation: { head: { id } } });
      expect(await conversations.open('alice', { members: ['bob', 'carol'], text: 'x' })).toEqual({ kind: 'blocked' });
    });

    it('store every message when ten people write at once', async () => {
      const names = times(10, (at) => `writer_${at}`);
      for (const name of names) await world.users.ensure(name);
      const id = await open('alice', names);
      const messages = await Promise.all(names.map((name) => say(id, name, name)));
      expect(messages.map(({ place }) => place).sort((a, b) => a - b)).toEqual(times(10, (at) => at + 2));
      expect((await texts('alice', id))?.toSorted()).toEqual(['hello', ...names].sort());
    });

    it('do not exist for outsiders, whatever they try', async () => {
      const { conversations, conversationReader, inboxReader, messages } = world;
      const notFound = { kind: 'not_found' };
      for (const id of [await open('alice', ['bob']), await open('alice', ['bob', 'dave']), world.runtime.newId()]) {
        expect(await messages.post(id, { author: 'carol', text: 'x' })).toEqual(notFound);
        expect(await messages.edit(id, 1, 'carol', 'x')).toEqual(notFound);
        expect(await messages.delete(id, 1, 'carol')).toEqual(notFound);
        expect(await conversations.add('carol', id, 'carol')).toEqual(notFound);
        expect(await conversations.rename('carol', id, 'x')).toEqual(notFound);
        expect(await conversations.leave('carol', id)).toEqual(notFound);
        expect(await conversationReader.spanOf('carol', id)).toBeUndefined();
        expect(await inboxReader.insight('carol', id)).toBeUndefined();
      }
    });

    it('show an added member only messages from then on', async () => {
      const id = await open('alice', ['bob', 'carol']);
      expect(await world.conversations.add('bob', id, 'dave')).toMatchObject({ kind: 'changed' });
      expect(await world.conversations.add('bob', id, 'dave')).toMatchObject({ kind: 'unchanged' });
      await say(id, 'alice', 'after');
      expect(await texts('dave', id)).toEqual(['after']);
      expect(await texts('carol', id)).toEqual(['after', 'hello']);
      expect(await world.messages.edit(id, 1, 'dave', 'x')).toEqual({ kind: 'not_found' });
    });

    it('show a former member the messages until they left, and no later change', async () => {
      const { conversations, messages, inboxReader } = world;
      const id = await open('alice', ['bob', 'carol'], { name: 'Before' });
      await say(id, 'alice', 'two');
      expect(await conversations.leave('carol', id)).toMatchObject({ kind: 'changed' });
      expect(await conversations.leave('carol', id)).toEqual({ kind: 'not_found' });
      await say(id, 'bob', 'three');
      await conversations.rename('bob', id, 'After');
      expect(await texts('carol', id)).toEqual(['two', 'hello']);
      await messages.edit(id, 2, 'alice', 'two, and a secret');
      expect(await texts('carol', id)).toEqual(['hello']);
      expect(await messages.post(id, { author: 'carol', text: 'x' })).toEqual({ kind: 'not_found' });
      expect(await inboxReader.insight('carol', id)).toMatchObject({
        kind: 'left',
        name: 'Before',
        span: { from: 1, until: { place: 2, seq: 2 } },
      });
      expect(await membersOf(id)).toEqual(['alice', 'bob']);
    });

    it('show a member who comes back only messages from then on', async () => {
      const { conversations, inboxes } = world;
      const id = await open('alice', ['bob', 'carol']);
      await conversations.leave('carol', id);
      await say(id, 'bob', 'unheard');
      await conversations.add('alice', id, 'carol');
      await say(id, 'bob', 'heard');
      expect(await texts('carol', id)).toEqual(['heard']);
      const row = await inboxes.row('carol', id, { consistent: true });
      expect(row).toMatchObject({ readUpTo: 2 });
      expect(row).not.toHaveProperty('left');
    });

    it('of two have exactly two members; groups have at most 100', async () => {
      const { conversations } = world;
      const ofTwo = await open('alice', ['bob']);
      expect(await conversations.add('alice', ofTwo, 'carol')).toEqual({ kind: 'not_a_group' });
      expect(await conversations.leave('alice', ofTwo)).toEqual({ kind: 'not_a_group' });
      expect(await conversations.rename('alice', ofTwo, 'x')).toEqual({ kind: 'not_a_group' });
      const names = times(99, (at) => `member_${at}`);
      for (const name of names) await world.users.ensure(name);
      const full = await open('alice', names);
      expect(await conversations.add('alice', full, 'carol')).toEqual({ kind: 'full' });
      await conversations.leave('member_7', full);
      expect(await conversations.add('alice', full, 'carol')).toMatchObject({ kind: 'changed' });
      expect(await conversations.add('alice', full, 'nobody')).toEqual({ kind: 'full' });
    });

    it('refuse to add a person who is unknown, or blocked by or blocking the one who adds', async () => {
      const { conversations, blocks } = world;
      const id = await open('alice', ['bob', 'carol']);
      await blocks.block('dave', 'bob');
      expect(await conversations.add('bob', id, 'dave')).toEqual({ kind: 'blocked' });
      expect(await conversations.add('bob', id, 'nobody')).toEqual({ kind: 'unknown_user' });
      expect(await conversations.add('alice', id, 'dave')).toMatchObject({ kind: 'changed' });
    });

    it('are read page by page from either end, short pages included', async () => {
      const { messages } = world;
      const id = await open('alice', ['bob'], { text: '1' });
      for (let at = 2; at <= 9; at++) await say(id, 'bob', String(at));
      for (const place of [2, 5, 8, 9]) await messages.delete(id, place, 'bob');
      await messages.delete(id, 1, 'alice');
      const walk = async (oldestFirst: boolean, limit: number) => {
        const found: string[] = [];
        let after: number | undefined;
        do {
          const page = await messages.page(id, ALL, { limit, oldestFirst, after });
          found.push(...page.messages.map(({ text }) => text));
          after = page.next;
        } while (after !== undefined);
        return found;
      };
      for (const limit of [1, 2, 3, 100]) {
        expect(await walk(false, limit)).toEqual(['7', '6', '4', '3']);
        expect(await walk(true, limit)).toEqual(['3', '4', '6', '7']);
      }
      const tombstones = await messages.page(id, ALL, { limit: 2, tombstones: true });
      expect(tombstones.messages).toMatchObject([
        { text: '', place: 9 },
        { text: '', place: 8 },
      ]);
    });
  });
};
