import { describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../tools/support/measure.ts';
import { idsOf, isListed, Listener, newUsers, pathOf } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';

const stack = inject('stack');

describe('A thought on its way', () => {
  it('reaches every follower and its author, live, once and in order, and nobody else', async () => {
    const [alice, bob, carol, mallory] = await newUsers(stack, 'alice', 'bob', 'carol', 'mallory');
    await Promise.all([bob.follow(alice.username), carol.follow(alice.username)]);
    const [toAlice, toBob, toCarol, toMallory] = await Promise.all(
      [alice, bob, carol, mallory].map((user) => Listener.start(user)),
    );
    const posted: string[] = [];
    for (let number = 1; number <= 12; number++) posted.push((await alice.post(`thought ${number}`)).body.id);
    for (const listener of [toAlice, toBob, toCarol]) {
      // What is missing, the comparison says better.
      await waitFor('the last one', () => (listener?.events.length ?? 0) >= posted.length).catch(() => {});
      expect(listener?.events.map(({ thoughtId }) => thoughtId)).toEqual(posted);
      expect(listener?.events.map(({ seq }) => seq)).toEqual(posted.map((_, at) => at + 1));
      expect(new Set(listener?.events.flatMap(({ channels }) => channels))).toEqual(new Set(['timeline']));
    }
    // Her own thought comes through the same stream behind all of alice's.
    const own = (await mallory.post('does anybody hear me?')).body.id;
    await toMallory?.hears(own);
    expect(toMallory?.events.map(({ thoughtId }) => thoughtId)).toEqual([own]);
    expect(toBob?.of(mallory)).toEqual([]);
  });

  it('is the same in a frame and in the HTTP API', async () => {
    const [alice] = await newUsers(stack, 'alice');
    const listener = await Listener.start(alice);
    const { body, headers } = await alice.post('Grüße aus #Köln 👩‍👩‍👧‍👦', { topics: ['Travel'] });
    const event = await listener.hears(body.id);
    expect(event.thought).toEqual(body);
    expect(event).toMatchObject({ id: `${body.id}:1`, author: alice.username, at: body.createdAt, seq: 1 });
    expect(body.topics).toEqual(['travel', 'köln']);
    const found = await alice.must('GET', headers.get('location') ?? '');
    expect(found.body).toMatchObject(body);
    expect(found.headers.get('etag')).toBe(headers.get('etag'));
  });

  it('reaches two devices of one user, each once', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const devices = [await RawSocket.open(stack, bob), await RawSocket.open(stack, bob)];
    const first = (await alice.post('to both')).body.id;
    const second = (await alice.post('and again')).body.id;
    for (const device of devices) {
      await device.hears(first);
      await device.hears(second);
      expect(device.events.map(({ thoughtId }) => thoughtId).sort()).toEqual([first, second].sort());
    }
  });

  it('is in every list that it belongs to', async () => {
    const [alice, bob, carol] = await newUsers(stack, 'alice', 'bob', 'carol');
    await bob.follow(alice.username);
    const topic = alice.username;
    const { body: thought } = await alice.post(`On #${topic}`);
    const inReplyTo = { author: alice.username, id: thought.id };
    const { body: reply } = await carol.post('Indeed', { inReplyTo });
    expect(await idsOf(bob, `/users/${alice.username}/thoughts`)).toEqual([thought.id]);
    await isListed(bob, '/timeline', thought.id);
    await isListed(alice, '/timeline', thought.id);
    await isListed(bob, '/thoughts?limit=100', thought.id);
    await isListed(bob, `/thoughts?topic=${topic}`, thought.id);
    await isListed(bob, `${pathOf(inReplyTo)}/replies`, reply.id);
    expect(await idsOf(bob, `/thoughts?topic=${topic}`)).toEqual([thought.id]);
    expect(await idsOf(bob, `${pathOf(inReplyTo)}/replies`)).toEqual([reply.id]);
    expect(await idsOf(bob, '/timeline')).toEqual([thought.id]);
    expect(await idsOf(carol, '/timeline')).not.toContain(thought.id);
    expect((await bob.must('GET', pathOf(reply))).body.inReplyTo).toEqual(inReplyTo);
  });

  it('is pushed again with another ETag when it is edited', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const listener = await Listener.start(bob);
    const { body: thought, headers } = await alice.post('frist draft');
    // A thought that is edited before its fan-out is pushed once, as it is then.
    await listener.hears(thought.id, 'thought.created');
    const before = headers.get('etag') ?? '';
    const edited = await alice.must('PATCH', pathOf(thought), { text: 'first draft' }, { 'if-match': before });
    const event = await listener.hears(thought.id, 'thought.updated');
    expect(event).toMatchObject({ id: `${thought.id}:2`, seq: 2, at: edited.body.editedAt, channels: ['timeline'] });
    expect(event.thought).toEqual(edited.body);
    expect(edited.body).toMatchObject({ text: 'first draft', edited: true, version: 2, createdAt: thought.createdAt });
    expect(edited.headers.get('etag')).not.toBe(before);
    const found = await bob.must('GET', pathOf(thought));
    expect(found.body).toMatchObject(edited.body);
    expect(found.headers.get('etag')).toBe(edited.headers.get('etag'));
    expect(listener.events.map(({ type }) => type)).toEqual(['thought.created', 'thought.updated']);
  });

  it('leaves no text behind when it is deleted', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const listener = await Listener.start(bob);
    const topic = alice.username;
    const secret = 'what was I thinking';
    const { body: thought } = await alice.post(`${secret} #${topic}`);
    await isListed(bob, '/timeline', thought.id);
    await isListed(bob, `/thoughts?topic=${topic}`, thought.id);
    const answer = await alice.must('DELETE', pathOf(thought));
    expect([answer.status, answer.body]).toEqual([204, '']);
    const event = await listener.hears(thought.id, 'thought.deleted');
    expect(event.thought).toBeUndefined();
    expect(JSON.stringify(event)).not.toContain(secret);
    for (const path of ['/timeline', `/thoughts?topic=${topic}`, `/users/${alice.username}/thoughts`]) {
      expect(await idsOf(bob, path)).toEqual([]);
    }
    const again = await Promise.all([
      bob.request('GET', pathOf(thought)),
      alice.request('DELETE', pathOf(thought)),
      alice.request('PATCH', pathOf(thought), { text: 'back' }),
      bob.request('POST', '/thoughts', { text: 're', inReplyTo: { author: alice.username, id: thought.id } }),
    ]);
    expect(again.map(({ status, body }) => [status, body.code])).toEqual(Array(4).fill([404, 'thought_not_found']));
  });
});
