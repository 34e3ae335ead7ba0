import { describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { begin, codeOf, messagesOf, say, textsFor } from '../support/conversation-calls.ts';
import { ConversationListener } from '../support/conversation-listener.ts';
import { Listener, newUser, newUsers } from '../support/people.ts';

const stack = inject('stack');

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

  it('is pushed as the API shows it, and again when it is edited and when it is deleted', async () => {
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
    expect(listener.events.map(({ seq }) => seq)).toEqual(
      [...new Set(listener.events.map(({ seq }) => seq))].sort((a, b) => a - b),
    );
    for (const { message, seq } of listener.events) {
      if (seq === 2) expect(message).toEqual(posted);
      if (seq === 3) expect(message).toEqual(edited);
      if (seq === 4) expect(message).toBeUndefined();
    }
  });

  it('is posted once when its request is repeated, also as the first message of a conversation', async () => {
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

  it('is stored once at its own place while ten people write at once, and no place is empty', async () => {
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

  it('arrives once and in order when it was posted while a device changed its connection', async () => {
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
