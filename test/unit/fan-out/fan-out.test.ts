import { describe, expect, it, vi } from 'vitest';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import { createHarness, type Harness, heard } from '../../support/fan-out-harness.ts';
import { ids } from '../../support/pages.ts';
import { post, times } from '../../support/world.ts';

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

describe('a changed thought', () => {
  it('is pushed to all followers and to the listeners of its earlier topics, and writes no timeline entry', async () => {
    const harness = createHarness();
    await harness.arrive('alice');
    await harness.fans(2);
    await harness.arrive('bob', true);
    await harness.connections.subscribe('c-bob', 'topic:old');
    const { id } = await post(harness, 'alice', '#old');
    await harness.drain();
    const entries = harness.ofType('timeline-entry').length;
    await harness.thoughts.edit('alice', id, { text: '#new' });
    const edited = heard((await harness.drain()).batches);
    expect(edited).toEqual({
      'c-fan_0': ['thought.updated timeline'],
      'c-fan_1': ['thought.updated timeline'],
      'c-bob': ['thought.updated topic:old'],
    });
    await harness.thoughts.delete('alice', id);
    const deleted = heard((await harness.drain()).batches);
    expect(deleted['c-fan_0']).toEqual(['thought.deleted timeline']);
    expect(harness.ofType('timeline-entry')).toHaveLength(entries);
  });

  it.each(['edit', 'delete'] as const)(
    'is pushed as it is now to the listeners of a topic that it left, when an %s follows at once',
    async (next) => {
      const harness = createHarness({ pageSize: 2 });
      await harness.arrive('alice');
      await harness.fans(5);
      for (const at of [0, 1, 2, 3, 4]) await harness.connections.subscribe(`c-fan_${at}`, 'topic:old');
      const { id } = await post(harness, 'alice', '#old');
      await harness.drain();
      await harness.thoughts.edit('alice', id, { text: '#new' });
      if (next === 'edit') await harness.thoughts.edit('alice', id, { text: '#newer' });
      else await harness.thoughts.delete('alice', id);
      const { batches } = await harness.drain();
      const told = batches.flatMap(({ connection, events }) =>
        events
          .filter(({ channels }) => channels.includes('topic:old'))
          .map((event) => `${connection.connectionId} ${event.id}`),
      );
      expect(told.sort()).toEqual([0, 1, 2, 3, 4].map((at) => `c-fan_${at} ${id}:3`));
    },
  );
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

describe('a thought that is gone or edited before its delivery', () => {
  const scene = async () => {
    const harness = createHarness({ pageSize: 2, width: 2 });
    const fans = await harness.fans(6);
    await harness.arrive('carol', true);
    await harness.connections.subscribe('c-carol', 'topic:secret');
    return { harness, fans };
  };

  it('is not delivered when it was deleted; only its deletion is', async () => {
    const { harness } = await scene();
    const { id } = await post(harness, 'alice', 'a #secret');
    const late = harness.tap.take();
    await harness.thoughts.delete('alice', id);
    const deletion = harness.tap.take();
    expect((await harness.drain(late)).batches).toEqual([]);
    expect(harness.ofType('timeline-entry')).toEqual([]);
    expect(harness.ofType('topic-entry')).toEqual([]);
    const { batches } = await harness.drain(deletion);
    expect(batches).toHaveLength(7);
    expect(batches.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(times(7, () => 'thought.deleted'));
  });

  it('is not delivered by tasks that were waiting', async () => {
    const { harness } = await scene();
    const { id } = await post(harness, 'alice', 'a #secret');
    for (const record of harness.tap.take()) {
      const change = decodeRecord(record);
      if (change)
        await harness.fanOut.handle(change, {
          pushBuffer: new PushBuffer(),
          hasTime: () => true,
          deadline: Number.POSITIVE_INFINITY,
        });
    }
    const tasks = harness.tap.take();
    expect(tasks.length).toBeGreaterThan(0);
    await harness.thoughts.delete('alice', id);
    harness.tap.take();
    const entries = harness.ofType('timeline-entry').length;
    expect((await harness.drain(tasks)).batches).toEqual([]);
    expect(harness.ofType('timeline-entry')).toHaveLength(entries);
    expect(harness.ofType('task')).toEqual([]);
  });

  it('is not delivered when it has expired', async () => {
    const { harness } = await scene();
    await post(harness, 'alice', 'a #secret', { expiresIn: 60 });
    harness.runtime.pass(60_000);
    expect((await harness.drain()).batches).toEqual([]);
    expect(harness.ofType('timeline-entry')).toEqual([]);
    expect(harness.ofType('topic-entry')).toEqual([]);
  });

  it('is pushed in its edited version, and has its entry', async () => {
    const { harness, fans } = await scene();
    const { id } = await post(harness, 'alice', 'first');
    const created = harness.tap.take();
    await harness.thoughts.edit('alice', id, { text: 'second' });
    const edited = harness.tap.take();
    // Tasks of the two may come in any order: whoever gets an entry is told, though the edit has passed by already.
    for (const records of [edited, created]) {
      const { batches } = await harness.drain(records);
      const texts = batches.flatMap(({ events }) => events.map(({ type, thought }) => `${type} ${thought?.text}`));
      expect(texts).toEqual(times(fans.length, () => 'thought.updated second'));
    }
    for (const name of fans) expect(harness.entriesOf(name)).toEqual([id]);
  });
});

describe('the lists of topics and replies', () => {
  const shown = ({ ofType }: Harness, type: string) => ofType(type).map(({ pk, sk }) => `${pk} ${sk}`);

  it('lose the entries of a thought that was deleted', async () => {
    const harness = createHarness();
    const target = await post(harness, 'alice');
    const { id } = await post(harness, 'bob', '#aws', { inReplyTo: { author: 'alice', id: target.id } });
    await harness.drain();
    expect([...shown(harness, 'topic-entry'), ...shown(harness, 'reply-entry')]).toHaveLength(2);
    await harness.thoughts.delete('bob', id);
    await harness.drain();
    expect([...shown(harness, 'topic-entry'), ...shown(harness, 'reply-entry')]).toEqual([]);
  });

  it('lose the entry of a topic that a thought has left, and get it again when it comes back', async () => {
    const harness = createHarness();
    const { id } = await post(harness, 'alice', '#old #kept');
    await harness.drain();
    await harness.thoughts.edit('alice', id, { text: '#new #kept' });
    await harness.drain();
    expect(shown(harness, 'topic-entry').sort()).toEqual([`TOPIC#kept ${id}`, `TOPIC#new ${id}`]);
    await harness.thoughts.edit('alice', id, { text: '#old' });
    const back = await harness.drain();
    expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#old ${id}`]);
    await harness.drain(back.records);
    expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#old ${id}`]);
  });

  it('keep the right entries when an older change is processed again', async () => {
    const harness = createHarness();
    const { id } = await post(harness, 'alice', '#one');
    const first = (await harness.drain()).records;
    await harness.thoughts.edit('alice', id, { text: '#two' });
    const second = (await harness.drain()).records;
    await harness.thoughts.edit('alice', id, { text: '#one' });
    await harness.drain();
    for (const records of [second, first, second]) {
      await harness.drain(records);
      expect(shown(harness, 'topic-entry')).toEqual([`TOPIC#one ${id}`]);
    }
  });
});
