import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebSocketHandler } from '../../../src/websocket/handler.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { socketsOf } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { createWorld, post, times } from '../../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CID = 'socket-1';

let world: ReturnType<typeof createWorld>;
let meter: MeteredTable;
let handler: ReturnType<typeof createWebSocketHandler>;
let resumer: Resumer;
beforeEach(async () => {
  meter = new MeteredTable(new MemoryTable());
  world = createWorld(meter);
  resumer = new Resumer(world);
  handler = createWebSocketHandler({ ...world, resumer, ...socketsOf(world) });
  vi.spyOn(console, 'error').mockReturnValue();
  expect(await connect()).toEqual({ statusCode: 200 });
});
afterEach(() => void vi.restoreAllMocks());

const call = (routeKey: string, more: object = {}) =>
  handler({ requestContext: { routeKey, connectionId: CID }, ...more } as unknown as Parameters<typeof handler>[0]);
const connect = async (headers?: Record<string, string>) => {
  const ticket = await world.tickets.issue({ username: 'bob', authExpiresAt: world.runtime.now() + HOUR });
  return call('$connect', { queryStringParameters: { ticket }, headers });
};
const send = async (frame: object) => JSON.parse((await call('$default', { body: JSON.stringify(frame) })).body ?? '');

describe('the handshake', () => {
  it('agrees on the version, among those that a client offers', async () => {
    const answer = await connect({ 'sec-websocket-protocol': 'other, deep-thoughts.v1' });
    expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'deep-thoughts.v1' } });
  });

  it('is refused when there is no version in common', async () => {
    expect(await connect({ 'Sec-WebSocket-Protocol': 'deep-thoughts.v9' })).toEqual({ statusCode: 400 });
  });
});

describe('a frame of several channels', () => {
  it('subscribes to each, by the one spelling of it, and says which are refused', async () => {
    const channels = ['topic:AWS', 'nowhere', 'timeline', 'x'.repeat(500)];
    expect(await send({ action: 'subscribe', id: '1', channels })).toMatchObject({
      type: 'ack',
      id: '1',
      action: 'subscribe',
      channels: [
        { asked: 'timeline', channel: 'timeline' },
        { asked: 'topic:AWS', channel: 'topic:aws' },
      ],
      refused: [
        { channel: 'nowhere', code: 'unknown_channel' },
        { channel: 'x'.repeat(500), code: 'unknown_channel' },
      ],
    });
    const ack = await send({ action: 'unsubscribe', channels: ['topic:aws'] });
    expect(ack).toMatchObject({ channels: [{ asked: 'topic:aws', channel: 'topic:aws' }], refused: [] });
  });

  it('resumes each, gives each event once, and reports a failure for its own channel only', async () => {
    await world.users.ensure('alice');
    await world.follows.follow('bob', 'alice');
    const since = world.runtime.newId();
    const { id } = await post(world, 'alice');
    const resume = resumer.resume.bind(resumer);
    resumer.resume = async (request) => {
      if (request.channel === 'topic:ill') throw new Error('ill');
      return resume(request);
    };
    const names = ['timeline', 'author:alice', 'topic:ill', 'nowhere'];
    const answer = await send({ action: 'resume', channels: names.map((channel) => ({ channel, since })) });
    expect(answer.events).toMatchObject([{ thoughtId: id, channels: ['timeline', 'author:alice'] }]);
    expect(answer.parts).toMatchObject([
      { channel: 'timeline' },
      { channel: 'author:alice' },
      { channel: 'topic:ill', error: { code: 'internal_error' } },
      { channel: 'nowhere', error: { code: 'unknown_channel' } },
    ]);
  });

  it('leaves out channels that do not fit into one message, but never all of them', async () => {
    const since = world.runtime.newId();
    for (const author of ['alice', 'carol'])
      for (const _ of times(45, () => 0)) await post(world, author, 'x'.repeat(1_500));
    const channels = ['author:alice', 'author:carol'].map((channel) => ({ channel, since }));
    const first = await send({ action: 'resume', channels });
    expect(first.parts).toEqual([{ channel: 'author:alice' }]);
    expect(first.events).toHaveLength(45);
    const second = await send({ action: 'resume', channels: channels.slice(1) });
    expect(second.parts).toEqual([{ channel: 'author:carol' }]);
  });

  it('must name a channel', async () => {
    for (const frame of [{ action: 'subscribe' }, { action: 'resume' }, { action: 'subscribe', channels: [] }]) {
      expect(await send(frame)).toMatchObject({ type: 'error', code: 'invalid_request' });
    }
  });
});

describe('unknown fields', () => {
  it('of a newer client are ignored', async () => {
    expect(await send({ action: 'ping', mood: 'good' })).toMatchObject({ type: 'pong' });
    expect(await send({ action: 'subscribe', channels: ['all'], mood: 'good' })).toMatchObject({ type: 'ack' });
  });
});

describe('a ping', () => {
  it('names the channels of which a push was missed, once', async () => {
    await world.connections.markMissed(CID, ['timeline', 'topic:aws']);
    expect(await send({ action: 'ping' })).toMatchObject({ type: 'pong', missed: ['timeline', 'topic:aws'] });
    expect(await send({ action: 'ping' })).not.toHaveProperty('missed');
  });

  it('costs two reads while nothing happens', async () => {
    const [before, written] = [meter.reads, meter.writes];
    expect(await send({ action: 'ping' })).toMatchObject({ type: 'pong' });
    expect(meter.reads - before).toBeLessThanOrEqual(2);
    expect(meter.writes).toBe(written);
  });
});

describe('a check', () => {
  it.each(['alice', 'constructor', '__proto__'])(
    'tells the number of an author named %s, and of nobody else',
    async (author) => {
      await world.users.ensure(author);
      await post(world, author);
      expect((await send({ action: 'check', authors: [author, 'toad'] })).seqs).toEqual({});
      await world.follows.follow('bob', author);
      const { seqs } = await send({ action: 'check', authors: [author, 'toad'] });
      expect(Object.entries(seqs)).toEqual([[author, 1]]);
    },
  );

  it('tells who of the authors is not in the timeline: only an `author:` channel brings them', async () => {
    await Promise.all(['alice', 'carol', 'toad'].map((name) => world.users.ensure(name)));
    await world.follows.follow('bob', 'alice');
    await send({ action: 'subscribe', channels: ['author:alice', 'author:carol'] });
    const check = { action: 'check', authors: ['alice', 'carol', 'toad'] };
    expect(await send(check)).toMatchObject({ seqs: { alice: 0, carol: 0 }, notInTimeline: ['carol'] });
    await world.follows.follow('bob', 'carol');
    expect(await send(check)).toMatchObject({ notInTimeline: [] });
  });

  it('tells 0 for a followed author whose first change a replica does not have yet', async () => {
    await world.users.ensure('alice');
    await world.follows.follow('bob', 'alice');
    expect((await send({ action: 'check', authors: ['alice'] })).seqs).toEqual({ alice: 0 });
  });
});

describe('the sources of a check', () => {
  it('change with the authors of the timeline, and with nothing else', async () => {
    const sources = async () => (await send({ action: 'check' })).sources;
    await Promise.all(['alice', 'carol'].map((name) => world.users.ensure(name)));
    const nobody = await sources();
    await world.follows.follow('bob', 'alice');
    await world.follows.follow('bob', 'carol');
    const both = await sources();
    await post(world, 'alice');
    expect([both === nobody, await sources()]).toEqual([false, both]);
    await world.follows.unfollow('bob', 'carol');
    expect([nobody, both]).not.toContain(await sources());
  });

  it.each([
    ['a block', () => world.blocks.block('toad', 'bob')],
    ['its own end', () => world.follows.unfollow('bob', 'toad')],
  ])('change when a follow has come, and %s has ended it in between', async (_, end) => {
    const sources = async () => (await send({ action: 'check' })).sources;
    await world.users.ensure('toad');
    const before = await sources();
    await world.follows.follow('bob', 'toad');
    await end();
    expect(await sources()).not.toBe(before);
  });
});

describe('while the fan-out is late', () => {
  it('a check compares nothing, because missing events are on their way', async () => {
    await world.users.ensure('alice');
    await world.follows.follow('bob', 'alice');
    await post(world, 'alice');
    const check = { action: 'check', authors: ['alice'] };
    expect(await send(check)).toMatchObject({ seqs: { alice: 1 } });
    await world.lag.note(MINUTE);
    const late = await send(check);
    for (const name of ['seqs', 'latest', 'count']) expect(late).not.toHaveProperty(name);
    world.runtime.pass(10 * MINUTE);
    expect(await send(check)).toMatchObject({ seqs: { alice: 1 } });
  });
});

describe('a resume', () => {
  it('gives no event of an author whom the user has muted, or when one has blocked the other', async () => {
    for (const name of ['alice', 'carol', 'dan']) await world.users.ensure(name);
    await world.follows.follow('bob', 'carol');
    const first = await post(world, 'dan', '#tea');
    const posted = [];
    for (const name of ['alice', 'carol', 'dan']) posted.push(await post(world, name, '#tea'));
    for (const thought of [first, ...posted]) await world.timelines.addToFeeds(thought);
    await world.blocks.block('alice', 'bob');
    await world.follows.setMuted('bob', 'carol', true);
    for (const channel of ['topic:tea', 'author:alice', 'author:carol', 'author:dan', 'all']) {
      const { events } = await send({ action: 'resume', channel, since: first.id });
      const authors = new Set(events.map(({ author }: { author: string }) => author));
      expect([...authors], channel).toEqual(/alice|carol/.test(channel) ? [] : ['dan']);
    }
  });

  it('reaches back as far as the fan-out was late', async () => {
    await world.users.ensure('alice');
    const late = await post(world, 'alice', 'late #tea');
    world.runtime.pass(10 * MINUTE);
    const onTime = await post(world, 'alice', 'on time #tea');
    await world.timelines.addToFeeds(onTime);
    await world.lag.note(10 * MINUTE);
    await world.timelines.addToFeeds(late);
    const { events } = await send({ action: 'resume', channel: 'topic:tea', since: onTime.id });
    expect(events.map(({ thoughtId }: { thoughtId: string }) => thoughtId)).toContain(late.id);
  });
});

describe('the history of a channel', () => {
  it('goes back page by page, newest first', async () => {
    const ids: string[] = [];
    for (const _ of times(5, () => 0)) ids.unshift((await post(world, 'alice')).id);
    const pages: string[][] = [];
    let before: string | undefined;
    do {
      const page = await send({ action: 'history', channel: 'author:alice', limit: 2, ...(before && { before }) });
      pages.push(page.thoughts.map(({ id }: { id: string }) => id));
      before = page.next;
    } while (before);
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await send({ action: 'history', channel: 'nowhere' })).toMatchObject({ code: 'unknown_channel' });
  });
});
