import { describe, expect, it, vi } from 'vitest';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import { createHarness, heard } from '../../support/fan-out-harness.ts';
import { ids } from '../../support/pages.ts';
import { post } from '../../support/world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe('a new thought', () => {
  it('gets an entry for each active follower and none for its author, and is pushed to those online', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    for (const name of ['away', 'here', 'stranger']) await harness.arrive(name);
    for (const name of ['away', 'here', 'never']) await harness.follows.follow(name, 'alice');
    harness.tap.take();
    harness.runtime.pass(31 * DAY + 1);
    await harness.presence.seen('here');
    await harness.open('c-here', 'here');
    const { id } = await post(harness, 'alice');
    const { batches } = await harness.drain();
    expect(harness.entriesOf('here')).toEqual([id]);
    for (const name of ['alice', 'away', 'never', 'stranger']) expect(harness.entriesOf(name)).toEqual([]);
    expect(heard(batches)['c-here']).toEqual(['thought.created timeline']);
    expect(Object.keys(heard(batches)).sort()).toEqual(['c-alice', 'c-here']);
  });

  it('is read once for all audiences, and again after a second', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(1);
    const { id } = await post(harness, 'alice', 'on #aws and #sea');
    const records = harness.tap.take();
    const stored = vi.spyOn(harness.thoughts, 'stored');
    await harness.drain(records);
    expect(stored.mock.calls).toEqual([['alice', id]]);
    const { addToFeeds } = harness.timelines;
    vi.spyOn(harness.timelines, 'addToFeeds').mockImplementation(async (thought) => {
      harness.runtime.pass(2_000);
      await addToFeeds.call(harness.timelines, thought);
    });
    stored.mockClear();
    await harness.drain(records);
    // For the author, the followers, the author's channel, two topics, and all.
    expect(stored).toHaveBeenCalledTimes(1 + 6);
  });

  it('that is deleted while the feeds wait for the table is pushed to nobody, its author included', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    await harness.fans(1);
    const { id } = await post(harness, 'alice');
    const records = harness.tap.take();
    vi.spyOn(harness.timelines, 'addToFeeds').mockImplementationOnce(async () => {
      harness.runtime.pass(2_000);
      await harness.thoughts.delete('alice', id);
      harness.tap.take();
    });
    const { batches } = await harness.drain(records);
    expect(batches.flatMap(({ events }) => events)).toEqual([]);
  });

  it('is neither pushed nor written as an entry to a follower who has muted its author', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(2);
    await harness.follows.setMuted('fan_0', 'alice', true);
    const { id } = await post(harness, 'alice');
    const { batches } = await harness.drain();
    expect(Object.keys(heard(batches.filter(({ events }) => events.length > 0)))).toEqual(['c-fan_1']);
    expect(harness.entriesOf('fan_0')).toEqual([]);
    expect(harness.entriesOf('fan_1')).toEqual([id]);
  });

  it('is pushed through no channel to a listener who has muted the author, or when one has blocked the other', async () => {
    const harness = createHarness();
    for (const name of ['alice', 'blocked', 'blocks', 'mutes', 'hears']) {
      await harness.arrive(name, true);
      for (const channel of ['author:alice', 'topic:aws', 'all']) {
        await harness.connections.subscribe(`c-${name}`, channel);
      }
    }
    await harness.follows.follow('mutes', 'alice');
    await harness.follows.setMuted('mutes', 'alice', true);
    await harness.blocks.block('alice', 'blocked');
    await harness.blocks.block('blocks', 'alice');
    harness.tap.take();
    await post(harness, 'alice', '#aws');
    const { batches } = await harness.drain();
    expect(Object.keys(heard(batches)).sort()).toEqual(['c-alice', 'c-hears']);
  });

  it('that is late has its lag stored before any delivery, and its tasks count their lag from the thought', async () => {
    const harness = createHarness({ pageSize: 2, width: 2 });
    await harness.arrive('alice');
    await harness.fans(6);
    await post(harness, 'alice');
    harness.runtime.pass(MINUTE);
    const [announced] = harness.tap.take();
    const types: string[] = [];
    const { write, batchWrite } = harness.table;
    vi.spyOn(harness.table, 'write').mockImplementation((writes) => {
      for (const one of writes) if ('update' in one) types.push(String(one.set?.type));
      return write.call(harness.table, writes);
    });
    vi.spyOn(harness.table, 'batchWrite').mockImplementation((writes) => {
      for (const one of writes) if ('put' in one) types.push(one.put.type);
      return batchWrite.call(harness.table, writes);
    });
    await harness.drain(announced ? [announced] : []);
    expect(types.indexOf('lag')).toBe(0);
    expect(types).toContain('timeline-entry');
    expect(await harness.lag.since(harness.runtime.now())).toBeGreaterThanOrEqual(MINUTE);
  });

  it('has its lag stored when only its tasks are late', async () => {
    const harness = createHarness({ pageSize: 2, width: 2 });
    await harness.arrive('alice');
    await harness.fans(6);
    await post(harness, 'alice');
    const [announced] = harness.tap.take();
    const change = announced && decodeRecord(announced);
    const invocation = { pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY };
    if (change) await harness.fanOut.handle(change, invocation);
    expect(await harness.lag.since(harness.runtime.now())).toBe(0);
    harness.runtime.pass(MINUTE);
    await harness.drain();
    expect(await harness.lag.since(harness.runtime.now())).toBeGreaterThanOrEqual(MINUTE);
  });

  it('reaches the listeners of its author, its topics and all, each connection once by all its channels', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(1);
    await harness.arrive('bob', true);
    for (const channel of ['author:alice', 'topic:aws', 'all']) await harness.connections.subscribe('c-fan_0', channel);
    for (const channel of ['topic:aws', 'topic:other', 'author:bob'])
      await harness.connections.subscribe('c-bob', channel);
    await post(harness, 'alice', 'on #aws');
    const { batches } = await harness.drain();
    const all = heard(batches);
    expect(all['c-fan_0']?.[0]?.split(' ').sort()).toEqual([
      'all',
      'author:alice',
      'thought.created',
      'timeline',
      'topic:aws',
    ]);
    expect(all['c-fan_0']).toHaveLength(1);
    expect(all['c-bob']).toEqual(['thought.created topic:aws']);
  });

  it('does not reach listeners whose connection is two hours old', async () => {
    const harness = createHarness();
    await harness.arrive('bob', true);
    await harness.connections.subscribe('c-bob', 'all');
    harness.runtime.pass(2 * 3_600_000);
    await post(harness, 'alice');
    expect((await harness.drain()).batches).toEqual([]);
  });

  it('is in the lists of its topics and of the thought that it answers', async () => {
    const harness = createHarness();
    const target = await post(harness, 'alice');
    const { id } = await post(harness, 'bob', '#aws #serverless', { inReplyTo: { author: 'alice', id: target.id } });
    await harness.drain();
    expect(harness.ofType('topic-entry').map(({ pk, sk }) => [pk, sk])).toEqual([
      ['TOPIC#aws', id],
      ['TOPIC#serverless', id],
    ]);
    expect(harness.ofType('reply-entry').map(({ pk, sk }) => [pk, sk])).toEqual([[`REPLIES#${target.id}`, id]]);
  });

  it('that expired before its delivery is pushed to nobody', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    await post(harness, 'alice', 'soon gone', { expiresIn: 60 });
    harness.runtime.pass(60_000);
    expect((await harness.drain()).batches).toEqual([]);
    expect(harness.ofType('timeline-entry')).toEqual([]);
  });
});

describe('a new follow', () => {
  it('writes no entries, and the timeline shows what its author has posted all the same', async () => {
    const harness = createHarness();
    for (const name of ['alice', 'bob']) await harness.arrive(name);
    const posted = [await post(harness, 'alice'), await post(harness, 'alice')];
    await harness.drain();
    await harness.follows.follow('bob', 'alice');
    await harness.drain();
    expect(harness.ofType('timeline-entry')).toEqual([]);
    const { thoughts } = await harness.reader.timelinePage('bob', { limit: 5 });
    expect(ids(thoughts)).toEqual(ids(posted).toReversed());
  });

  it('tells the connections of the follower to read the timeline anew', async () => {
    const harness = createHarness();
    await harness.arrive('alice', true);
    await harness.arrive('bob', true);
    await post(harness, 'alice');
    await harness.drain();
    await harness.follows.follow('bob', 'alice');
    const { batches } = await harness.drain();
    expect(batches).toMatchObject([{ connection: { connectionId: 'c-bob' }, events: [], gaps: ['timeline'] }]);
  });

  it('that replaces a block writes and pushes nothing', async () => {
    const harness = createHarness();
    for (const name of ['alice', 'bob']) await harness.arrive(name, true);
    await harness.blocks.block('alice', 'bob');
    expect((await harness.drain()).batches).toEqual([]);
  });
});

describe('an edge of the kind push', () => {
  it('gets no entries, and is pushed to like any other', async () => {
    const harness = createHarness();
    await harness.fans(2);
    await harness.follows.setDelivery('fan_0', 'alice', 'push');
    const { id } = await post(harness, 'alice');
    const { batches } = await harness.drain();
    expect(Object.keys(heard(batches)).sort()).toEqual(['c-fan_0', 'c-fan_1']);
    expect(harness.entriesOf('fan_0')).toEqual([]);
    expect(harness.entriesOf('fan_1')).toEqual([id]);
    for (const name of ['fan_0', 'fan_1']) {
      expect(ids((await harness.reader.timelinePage(name, { limit: 5 })).thoughts)).toEqual([id]);
    }
  });
});
