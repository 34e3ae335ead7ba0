import { describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { idsOf, isListed, Listener, newUsers, pathOf } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';

const stack = inject('stack');

/** Each author's own name is a topic that no other test has. */
const KINDS: [string, (author: Api) => string][] = [
  ['all', () => 'all'],
  ['author:<name>', ({ username }) => `author:${username}`],
  ['topic:<topic>', ({ username }) => `topic:${username}`],
];

describe('A channel', () => {
  it.each(KINDS)('%s delivers thoughts to a subscriber until the subscriber unsubscribes', async (_kind, channelOf) => {
    const [alice, stranger] = await newUsers(stack, 'alice', 'stranger');
    const channel = channelOf(alice);
    const listener = await Listener.start(stranger);
    const own = await Listener.start(alice);
    const post = async () => {
      const { id } = (await alice.post(`#${alice.username}`)).body;
      await own.hears(id);
      return id;
    };
    await post();
    await listener.client.subscribe(channel);
    const during = [await post(), await post()];
    for (const id of during) expect((await listener.hears(id)).channels).toEqual([channel]);
    await listener.client.unsubscribe(channel);
    await post();
    // What comes to the stranger's own timeline passes the same stream, behind what came before.
    await listener.hears((await stranger.post('tick')).body.id);
    expect(listener.of(alice).map(({ thoughtId }) => thoughtId)).toEqual(during);
  });

  it('can be subscribed before the client is connected', async () => {
    const [alice, stranger] = await newUsers(stack, 'alice', 'stranger');
    const channel = `author:${alice.username}`;
    const listener = await Listener.start(stranger, { channels: [channel] });
    const { body } = await alice.post('hello');
    expect((await listener.hears(body.id)).channels).toEqual([channel]);
  });

  it('is answered in its canonical spelling, whatever the subscriber writes', async () => {
    const [alice, stranger] = await newUsers(stack, 'alice', 'stranger');
    const socket = await RawSocket.open(stack, stranger);
    const topic = alice.username;
    const ack = await socket.request({ action: 'subscribe', channel: `topic:#${topic.toUpperCase()}` });
    expect(ack).toMatchObject({ type: 'ack', action: 'subscribe', channel: `topic:${topic}` });
    const { body } = await alice.post('x', { topics: [topic] });
    await socket.hears(body.id);
  });

  it('is listed beside other channels in an event that arrives once', async () => {
    const [alice, bob] = await newUsers(stack, 'alice', 'bob');
    await bob.follow(alice.username);
    const socket = await RawSocket.open(stack, bob);
    const channels = [`author:${alice.username}`, `topic:${alice.username}`];
    for (const channel of [...channels, ...channels]) await socket.request({ action: 'subscribe', channel });
    const first = (await alice.post(`#${alice.username}`)).body.id;
    await socket.hears(first);
    const last = (await bob.post('tick')).body.id;
    await socket.hears(last);
    const heard = socket.events.filter(({ thoughtId }) => thoughtId === first);
    expect(heard.map((event) => [...event.channels].sort())).toEqual([[...channels, 'timeline'].sort()]);
  });

  it("of a topic pushes the edit that removes the topic, and the topic's list no longer has the thought", async () => {
    const [alice, stranger] = await newUsers(stack, 'alice', 'stranger');
    const topic = alice.username;
    const listener = await Listener.start(stranger, { channels: [`topic:${topic}`] });
    const { body: thought } = await alice.post(`about #${topic}`);
    await listener.hears(thought.id);
    await isListed(stranger, `/thoughts?topic=${topic}`, thought.id);
    await alice.must('PATCH', pathOf(thought), { text: 'about nothing' });
    const event = await listener.hears(thought.id, 'thought.updated');
    expect(event.thought?.topics).toEqual([]);
    expect(await idsOf(stranger, `/thoughts?topic=${topic}`)).toEqual([]);
  });

  it('timeline needs no subscription and cannot be unsubscribed', async () => {
    const [alice] = await newUsers(stack, 'alice');
    const socket = await RawSocket.open(stack, alice);
    const answer = await socket.request({ action: 'unsubscribe', channel: 'timeline' });
    expect(answer).toMatchObject({ type: 'ack', action: 'unsubscribe', channel: 'timeline' });
    const { body } = await alice.post('still here');
    await socket.hears(body.id);
  });
});
