import { describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../tools/support/measure.ts';
import { begin, codeOf, entryOf, messagesOf, say, textsFor } from '../support/conversation-calls.ts';
import { ConversationListener } from '../support/conversation-listener.ts';
import { newUsers } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';

const stack = inject('stack');
const WAIT_MS = 15_000;

describe('A conversation', () => {
  it('shows unread counts in the inbox, and pushes read marks to all devices and members', async () => {
    const [alice, bob, carol] = await newUsers(stack, 'alice', 'bob', 'carol');
    const id = await begin(alice, [bob, carol], { name: 'The sea' });
    await say(alice, id, 'the last');
    const unread = async (count: number) =>
      waitFor(`${count} unread`, async () => (await entryOf(bob, id))?.unread === count, WAIT_MS);
    await unread(2);
    expect(await entryOf(bob, id)).toMatchObject({
      ...{ kind: 'group', name: 'The sea', left: false, seq: 2, readUpTo: 0 },
      lastMessage: { place: 2, author: alice.username, preview: 'the last' },
    });
    const devices = await Promise.all([bob, bob, alice, carol].map((user) => ConversationListener.start(user)));
    await bob.must('PUT', `/conversations/${id}/read`, { upTo: 2 });
    const read = { type: 'conversation.read', conversationId: id, username: bob.username, upTo: 2 };
    for (const device of devices) await device.isTold(read);
    await unread(0);
    await bob.must('PUT', `/conversations/${id}/read`, { upTo: 1 });
    await unread(0);
    const { readMarks, lastPlace } = (await carol.must('GET', `/conversations/${id}`)).body;
    expect(lastPlace).toBe(2);
    expect(readMarks).toContainEqual({ username: bob.username, readUpTo: 2 });
  });

  it('tells its members when somebody joins, when it is renamed, and when somebody leaves', async () => {
    const [alice, bob, carol, dave] = await newUsers(stack, 'alice', 'bob', 'carol', 'dave');
    const [toAlice, toCarol, toDave] = await Promise.all(
      [alice, carol, dave].map((user) => ConversationListener.start(user)),
    );
    const id = await begin(alice, [bob, carol]);
    const path = `/conversations/${id}`;
    await bob.must('PUT', `${path}/members/${dave.username}`);
    await bob.must('PATCH', path, { name: 'A name' });
    await say(alice, id, 'welcome');
    await toDave?.hears(2);
    // What was said before is not for dave.
    expect(toDave?.texts).toEqual(['welcome']);
    expect(await textsFor(dave, id)).toEqual(['welcome']);
    const sees = (listener: ConversationListener | undefined, names: string[], name?: string) =>
      waitFor(
        `${names} in ${name}`,
        () => {
          const last = listener?.news.findLast(({ type }) => type === 'conversation.changed');
          const now = last?.type === 'conversation.changed' ? last.conversation : undefined;
          return now?.name === name && now?.members.toSorted().join() === names.toSorted().join();
        },
        WAIT_MS,
      );
    const names = [alice, bob, carol, dave].map(({ username }) => username);
    await sees(toAlice, names, 'A name');
    await sees(toDave, names, 'A name');

    await carol.must('DELETE', `${path}/members/me`);
    await toCarol?.isTold({ type: 'conversation.changed', left: true });
    await sees(toCarol, []);
    await sees(
      toAlice,
      [alice, bob, dave].map(({ username }) => username),
      'A name',
    );
    await say(alice, id, 'carol is gone');
    await toAlice?.hears(3);
    expect(toCarol?.texts).toEqual(['hello', 'welcome']);
    expect(await textsFor(carol, id)).toEqual(['welcome', 'hello']);
    expect(await entryOf(carol, id)).toMatchObject({ left: true, members: [], unread: 0 });
    await carol.must('DELETE', path);
    expect(await entryOf(carol, id)).toBeUndefined();
    expect(await codeOf(carol.request('GET', path))).toEqual([404, 'conversation_not_found']);
  });

  it('of two refuses posts and edits after a block by either person, allows deletes, and opens again after the unblock', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const id = await begin(alice, [bob]);
    await bob.must('PUT', `/users/${alice.username}/block`);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(await codeOf(from.request('POST', messagesOf(id), { text: 'x' }))).toEqual([403, 'blocked']);
      const opening = { members: [to.username], text: 'x' };
      expect(await codeOf(from.request('POST', '/conversations', opening))).toEqual([403, 'blocked']);
      const group = { ...opening, name: 'A name' };
      expect(await codeOf(from.request('POST', '/conversations', group))).toEqual([403, 'blocked']);
    }
    expect((await alice.must('DELETE', `${messagesOf(id)}/1`)).status).toBe(204);
    await bob.must('DELETE', `/users/${alice.username}/block`);
    expect((await say(alice, id, 'again')).place).toBe(2);
    expect(await textsFor(bob, id)).toEqual(['again']);
  });

  it('tells the other members who types at most once in three seconds, and stores no message', async () => {
    const [alice, bob, mallory] = await newUsers(stack, 'alice', 'bob', 'mallory');
    const id = await begin(alice, [bob]);
    const [toAlice, toBob, toMallory] = await Promise.all(
      [alice, bob, mallory].map((user) => ConversationListener.start(user)),
    );
    const before = (await bob.must('GET', messagesOf(id))).body;
    const socket = await RawSocket.open(stack, alice);
    const typing = { action: 'typing', conversationId: id };
    const answers = await Promise.all([1, 2, 3].map(() => socket.request(typing)));
    expect(answers.map(({ type }) => type)).toEqual(['ack', 'ack', 'ack']);
    await toBob?.isTold({ type: 'conversation.typing', conversationId: id, username: alice.username });
    await say(bob, id, 'what is it?');
    await Promise.all([toAlice?.hears(2), toBob?.hears(2)]);
    const typed = (listener: ConversationListener | undefined) =>
      listener?.news.filter(({ type }) => type === 'conversation.typing').length;
    expect([typed(toAlice), typed(toBob), typed(toMallory)]).toEqual([0, 1, 0]);
    expect((await bob.must('GET', messagesOf(id))).body.items.slice(1)).toEqual(before.items);
  });
});

describe('For an outsider, and for one who has left, a conversation', () => {
  const routesOf = (id: string): [method: string, path: string, body?: object][] => [
    ['POST', messagesOf(id), { text: 'let me in' }],
    ['PATCH', `${messagesOf(id)}/1`, { text: 'changed' }],
    ['DELETE', `${messagesOf(id)}/1`],
    ['PUT', `/conversations/${id}/read`, { upTo: 1 }],
    ['PATCH', `/conversations/${id}`, { name: 'Another name' }],
    ['DELETE', `/conversations/${id}/members/me`],
  ];
  /** What one who has left may still do: read what was said until then, and forget it. */
  const ownRoutesOf = (id: string): [method: string, path: string][] => [
    ['GET', `/conversations/${id}`],
    ['GET', messagesOf(id)],
    ['DELETE', `/conversations/${id}`],
  ];

  it('does not exist, on any route and in any frame', async () => {
    const [alice, bob, carol, mallory] = await newUsers(stack, 'alice', 'bob', 'carol', 'mallory');
    const id = await begin(alice, [bob, carol]);
    await carol.must('DELETE', `/conversations/${id}/members/me`);
    await say(alice, id, 'a secret');
    const nowhere = '01900000-0000-7000-8000-000000000000';
    for (const user of [mallory, carol]) {
      const add: [string, string] = ['PUT', `/conversations/${id}/members/${user.username}`];
      const routes = [...routesOf(id), add, ...(user === mallory ? ownRoutesOf(id) : [])];
      for (const [method, path, body] of routes) {
        const answer = await user.request(method, path, body);
        expect(answer.status).toBe(404);
        const elsewhere = await user.request(method, path.replace(id, nowhere), body);
        expect({ ...answer.body, instance: '' }).toEqual({ ...elsewhere.body, instance: '' });
      }
      const socket = await RawSocket.open(stack, user);
      const channel = `conversation:${id}`;
      const refused = { channel, code: 'unknown_channel' };
      expect(await socket.request({ action: 'subscribe', channels: [channel] })).toMatchObject({ refused: [refused] });
      expect(await socket.request({ action: 'typing', conversationId: id })).toMatchObject({ refused: [refused] });
      expect(await socket.request({ action: 'history', channel })).toMatchObject({ code: 'unknown_channel' });
      const resumed = await socket.request({ action: 'resume', channels: [{ channel, since: nowhere }] });
      if (user === mallory) expect(resumed).toMatchObject({ parts: [{ channel, error: { code: 'unknown_channel' } }] });
      expect(JSON.stringify(resumed)).not.toContain('a secret');
      expect(await socket.request({ action: 'check', conversations: true })).toMatchObject({ conversations: {} });
      expect(JSON.stringify((await user.must('GET', '/conversations')).body)).not.toContain('a secret');
    }
    expect(await textsFor(carol, id)).toEqual(['hello']);
  });
});
