import { describe, expect, it } from 'vitest';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import { createHarness, heard } from '../../support/fan-out-harness.ts';
import { post, times } from '../../support/world.ts';

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
