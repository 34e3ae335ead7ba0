import { describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { ConversationListener } from '../support/conversation-listener.ts';
import { Listener, newUser, newUsers } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';

const stack = inject('stack');
const WAIT_MS = 15_000;

const begin = async (from: Api, others: Api[], more: object = {}): Promise<string> => {
  const members = others.map(({ username }) => username);
  return (await from.must('POST', '/conversations', { members, text: 'hello', ...more })).body.conversation.id;
};
const messagesOf = (id: string): string => `/conversations/${id}/messages`;
const say = async (from: Api, id: string, text: string) => (await from.must('POST', messagesOf(id), { text })).body;
const textsFor = async (user: Api, id: string): Promise<string[]> =>
  (await user.must('GET', messagesOf(id))).body.items.map(({ text }: { text: string }) => text);
const entryOf = async (user: Api, id: string) =>
  (await user.must('GET', '/conversations')).body.items.find((entry: { id: string }) => entry.id === id);
const codeOf = async (answer: ReturnType<Api['request']>) => {
  const { status, body } = await answer;
  return [status, body.code];
};

describe('A message', () => {
  it("reaches every member and the sender's other devices, once and in order, and nobody else", async () => {
    const [alice, bob, carol, mallory] = await newUsers(stack, 'alice', 'bob', 'carol', 'mallory');
    const devices = await Promise.all([alice, alice, bob, carol].map((user) => ConversationListener.start(user)));
    const outsider = await ConversationListener.start(mallory);
    const thoughts = await Listener.start(mallory, { channels: ['all', `author:${alice.username}`] });
    const id = await begin(alice, [bob, carol]);
    const texts = ['hello'];
    for (let at = 2; at <= 12; at++) {
      const author = [alice, bob, carol][at % 3] ?? alice;
      texts.push((await say(author, id, `message ${at}`)).text);
    }
    for (const device of devices) {
      await device.hears(texts.length);
      expect(device.texts).toEqual(texts);
      expect(device.events.map(({ place }) => place)).toEqual(texts.map((_, at) => at + 1));
      expect(device.events.map(({ seq }) => seq)).toEqual(texts.map((_, at) => at + 1));
    }
    // Comes through the same stream, behind all of the messages.
    await thoughts.hears((await mallory.post('does anybody talk?')).body.id);
    expect(outsider.events).toEqual([]);
    expect(outsider.news).toEqual([]);
    expect(thoughts.of(alice)).toEqual([]);
  });

  it('is told in a frame as the API shows it, and again when it is edited and when it is deleted', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const listener = await ConversationListener.start(bob);
    const id = await begin(alice, [bob]);
    const { body: posted, headers } = await alice.must('POST', messagesOf(id), { text: 'frist draft' });
    const path = headers.get('location') ?? '';
    expect(path).toBe(`${messagesOf(id)}/2`);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const { body: edited } = await alice.must('PATCH', path, { text: 'first draft' }, ifMatch);
    expect(edited).toMatchObject({ place: 2, text: 'first draft', edited: true, version: 2, seq: 3 });
    expect(await codeOf(alice.request('PATCH', path, { text: 'x' }, ifMatch))).toEqual([412, 'stale_version']);
    expect(await codeOf(bob.request('PATCH', path, { text: 'x' }))).toEqual([403, 'not_yours']);
    expect(await codeOf(bob.request('DELETE', path))).toEqual([403, 'not_yours']);
    expect(await textsFor(bob, id)).toEqual(['first draft', 'hello']);
    expect((await alice.must('DELETE', path)).status).toBe(204);
    expect(await codeOf(alice.request('DELETE', path))).toEqual([404, 'message_not_found']);
    expect(await textsFor(bob, id)).toEqual(['hello']);
    await listener.hears(4);
    const types = listener.events.map(({ type, seq }) => [type, seq]);
    // Versions that were replaced before they were told are not told by themselves.
    expect(types.at(-1)).toEqual(['message.deleted', 4]);
    expect(listener.events.map(({ seq }) => seq)).toEqual([...new Set(listener.events.map(({ seq }) => seq))].sort());
    for (const { message, seq } of listener.events) {
      if (seq === 2) expect(message).toEqual(posted);
      if (seq === 3) expect(message).toEqual(edited);
      if (seq === 4) expect(message).toBeUndefined();
    }
  });

  it('is posted once by a request that is repeated, also the first one', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const key = { 'idempotency-key': 'once' };
    const opening = { members: [bob.username], text: 'hello' };
    const first = await alice.must('POST', '/conversations', opening, key);
    expect((await alice.must('POST', '/conversations', opening, key)).body).toEqual(first.body);
    const { id } = first.body.conversation;
    const again = { 'idempotency-key': 'twice' };
    const posted = await alice.must('POST', messagesOf(id), { text: 'again' }, again);
    expect((await alice.must('POST', messagesOf(id), { text: 'again' }, again)).body).toEqual(posted.body);
    expect(await begin(bob, [alice], { text: 'of bob' })).toBe(id);
    expect(await textsFor(alice, id)).toEqual(['of bob', 'again', 'hello']);
  });

  it('of ten people who write at once stands once, at a place of its own, without holes', async () => {
    const names = Array.from({ length: 10 }, (_, at) => `writer${at}`);
    const people = await Promise.all(names.map((name) => newUser(stack, name)));
    const [first = people[0] as Api, ...others] = people;
    const id = await begin(first, others);
    const listener = await ConversationListener.start(first);
    const answers = await Promise.all(
      people.flatMap((user) =>
        [1, 2, 3].map((at) => user.request('POST', messagesOf(id), { text: `${user.username} ${at}` })),
      ),
    );
    const taken = answers.filter(({ status }) => status === 201);
    for (const { status, headers } of answers) {
      expect(status).toBeOneOf([201, 429]);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const places = Array.from({ length: taken.length }, (_, at) => at + 2);
    expect(taken.map(({ body }) => body.place).sort((a, b) => a - b)).toEqual(places);
    const { items } = (await first.must('GET', `${messagesOf(id)}?limit=100&order=oldest`)).body;
    expect(items.map(({ place }: { place: number }) => place)).toEqual([1, ...places]);
    expect(new Set(items.map(({ text }: { text: string }) => text)).size).toBe(items.length);
    await listener.hears(taken.length + 1);
    expect(listener.events.map(({ place }) => place).filter((place) => place > 1)).toEqual(places);
  });

  it('that was posted while a device changed its connection comes once and in order', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    const listener = await ConversationListener.start(bob);
    const id = await begin(alice, [bob]);
    await listener.hears(1);
    listener.client.reconnect();
    for (const at of [2, 3, 4]) await say(alice, id, `message ${at}`);
    await listener.hears(4);
    expect(listener.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});

describe('A conversation', () => {
  it('says in the inbox what is unread, and tells all devices and members how far one has read', async () => {
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

  it('is told to be another when somebody comes, when it is renamed, and when somebody leaves', async () => {
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

  it('of two is closed by a block, either way round, but for deletes, and open again without it', async () => {
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

  it('tells the other members who types, at most once in three seconds, and stores nothing of it', async () => {
    const [alice, bob, mallory] = await newUsers(stack, 'alice', 'bob', 'mallory');
    const id = await begin(alice, [bob]);
    const [toAlice, toBob, toMallory] = await Promise.all(
      [alice, bob, mallory].map((user) => ConversationListener.start(user)),
    );
    const before = (await bob.must('GET', messagesOf(id))).body;
    const socket = await RawSocket.open(stack, alice);
    const typing = { action: 'typing', conversationId: id };
    for (let press = 0; press < 3; press++) expect(await socket.request(typing)).toMatchObject({ type: 'ack' });
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
