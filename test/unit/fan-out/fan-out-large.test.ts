import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { decodeRecord } from '../../../src/stream/decode.ts';
import type { Table } from '../../../src/table/table.ts';
import { createHarness } from '../../support/fan-out-harness.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { dump, post, times } from '../../support/world.ts';

describe('a large audience', () => {
  it.each([
    { followers: 300, pageSize: 10, width: 4 },
    { followers: 300, pageSize: 7, width: 16 },
    { followers: 40, pageSize: 1, width: 2 },
    { followers: 20, pageSize: 20, width: 16 },
  ])(
    'is reached whole by tasks, each member once: $followers followers, $pageSize a page, $width wide',
    async ({ followers, ...settings }) => {
      const harness = createHarness(settings);
      await harness.arrive('alice', true);
      const fans = await harness.fans(followers);
      await harness.arrive('bob', true);
      const { id } = await post(harness, 'alice');
      const { batches, records } = await harness.drain();
      for (const name of fans) expect(harness.entriesOf(name)).toEqual([id]);
      const everybody = ['alice', ...fans].map((name) => `c-${name}`);
      expect(batches.map(({ connection }) => connection.connectionId).sort()).toEqual(everybody.sort());
      expect(records.length).toBeGreaterThan(1);
      expect(harness.ofType('task')).toEqual([]);
    },
  );

  it('of a channel is reached completely too', async () => {
    const harness = createHarness({ pageSize: 10, width: 4 });
    for (let at = 0; at < 100; at++) {
      await harness.open(`c${at}`, 'bob');
      await harness.connections.subscribe(`c${at}`, 'topic:aws');
    }
    await post(harness, 'alice', '#aws');
    const { batches } = await harness.drain();
    expect(batches.map(({ connection }) => connection.connectionId).sort()).toEqual(
      times(100, (at) => `c${at}`).sort(),
    );
  });

  it('that fits a page makes no task', async () => {
    const harness = createHarness({ pageSize: 21 });
    await harness.arrive('alice');
    await harness.fans(20);
    await post(harness, 'alice');
    expect((await harness.drain()).records).toHaveLength(1);
  });

  it('is reached completely when the time is over after each chunk', async () => {
    const harness = createHarness({ pageSize: 1_200, width: 4 });
    await harness.arrive('alice');
    const fans = await harness.fans(1_600);
    await post(harness, 'alice');
    const { batches, records } = await harness.drain(undefined, () => false);
    expect(batches).toHaveLength(fans.length);
    expect(new Set(batches.map(({ connection }) => connection.connectionId)).size).toBe(fans.length);
    expect(harness.ofType('timeline-entry')).toHaveLength(fans.length);
    expect(records.length).toBeGreaterThan(3);
  });

  it('is reached completely by a long chain of tasks, each the successor of another', async () => {
    const harness = createHarness({ pageSize: 5, width: 1 });
    const size = 85;
    for (const at of times(size, (n) => n)) await harness.arrive(`fan_${at}`);
    await harness.users.ensure('alice');
    for (const at of times(size, (n) => n)) await harness.follows.follow(`fan_${at}`, 'alice');
    harness.tap.take();
    const { id } = await post(harness, 'alice');
    await harness.drain();
    for (const at of times(size, (n) => n)) expect(harness.entriesOf(`fan_${at}`)).toEqual([id]);
  });

  it('has at most as many tasks under way at once as the width', async () => {
    const harness = createHarness({ pageSize: 5, width: 3 });
    const fans = await harness.fans(120);
    const { id } = await post(harness, 'alice');
    const invocation = { pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY };
    const waiting = harness.tap.take();
    let most = 0;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const change = decodeRecord(next);
      if (change) await harness.fanOut.handle(change, invocation);
      waiting.push(...harness.tap.take());
      most = Math.max(most, harness.ofType('task').length);
    }
    for (const name of fans) expect(harness.entriesOf(name)).toEqual([id]);
    expect(most).toBe(3);
  });
});

/** A page ends after one chunk of 25 or after 60 members, in turns, as the time allows: so a repeated record's ends elsewhere. */
describe('a large audience whose records are processed again', () => {
  const [FANS, CHUNK, PAGE, WIDTH] = [300, 25, 60, 3];
  const MOST_RECORDS = 1 + FANS / CHUNK + WIDTH;

  const build = async () => {
    const table = Object.assign(new MemoryTable(), { writesPerSecond: 4 * CHUNK });
    const harness = createHarness({ pageSize: PAGE, width: WIDTH }, table);
    const fans = await harness.fans(FANS);
    let processed = 0;
    const process = async (record: DynamoDBRecord) => {
      processed += 1;
      const isShort = processed % 2 === 0;
      const change = decodeRecord(record);
      harness.runtime.pass(1_000);
      const invocation = { pushBuffer: new PushBuffer(), hasTime: () => !isShort, deadline: Number.POSITIVE_INFINITY };
      if (change) await harness.fanOut.handle(change, invocation);
    };
    /** @param every which records are processed a second time at once. @returns all records, and how many tasks there were at a time */
    const drain = async (every: number) => {
      const seen: DynamoDBRecord[] = [];
      let most = 0;
      const waiting = harness.tap.take();
      for (let next = waiting.shift(); next && seen.length < 10 * MOST_RECORDS; next = waiting.shift()) {
        seen.push(next);
        await process(next);
        if (seen.length % every === 0) await process(next);
        waiting.push(...harness.tap.take());
        most = Math.max(most, harness.ofType('task').length);
      }
      return { seen, most };
    };
    return { ...harness, fans, process, drain };
  };

  it.each([1, 2, 3, 10])('has no more tasks than without that: each of %i twice', async (every) => {
    const harness = await build();
    const { id } = await post(harness, 'alice');
    const { seen, most } = await harness.drain(every);
    expect(seen.length).toBeLessThanOrEqual(MOST_RECORDS);
    expect(most).toBe(WIDTH);
    for (const name of harness.fans) expect(harness.entriesOf(name)).toEqual([id]);
    expect(harness.ofType('task')).toEqual([]);
  });

  it('has no task again when all is over, whichever record comes', async () => {
    const harness = await build();
    await post(harness, 'alice');
    const { seen } = await harness.drain(Number.POSITIVE_INFINITY);
    for (const record of [...seen, ...seen]) await harness.process(record);
    expect(harness.tap.take()).toEqual([]);
  });

  it('tries at most three times to write its tasks, because the pushes wait for that', async () => {
    const harness = await build();
    await post(harness, 'alice');
    const write = vi.spyOn(harness.table as Table, 'write');
    await harness.drain(Number.POSITIVE_INFINITY);
    const handedOn = write.mock.calls.filter(([writes]) =>
      writes.some((each) => 'put' in each && each.put.type === 'task'),
    );
    expect(handedOn.length).toBeGreaterThan(WIDTH);
    expect(handedOn.every(([, options]) => options?.attempts === 3)).toBe(true);
  });

  it('is reached whole by a record from the failure bucket that is older than its task', async () => {
    const harness = await build();
    const { id } = await post(harness, 'alice');
    const [thought] = harness.tap.take();
    if (thought) await harness.process(thought);
    const tasks = harness.tap.take();
    harness.runtime.pass(3 * 24 * 3_600_000);
    for (const { pk, sk } of harness.ofType('task')) await harness.table.write([{ delete: { pk, sk } }]);
    for (const record of tasks) await harness.process(record);
    await harness.drain(Number.POSITIVE_INFINITY);
    for (const name of harness.fans) expect(harness.entriesOf(name)).toEqual([id]);
  });
});

describe('the stream, replayed in any order', () => {
  it.each([1, 2, 3])('changes nothing that is stored: course %i', async (seed) => {
    const harness = createHarness({ pageSize: 5, width: 3 });
    await harness.arrive('alice');
    const fans = await harness.fans(30);
    const thoughts = [await post(harness, 'alice', '#one'), await post(harness, 'fan_1', '#two')];
    await harness.follows.follow('fan_2', 'fan_1');
    const all = (await harness.drain()).records;
    for (const { author, id } of thoughts) await harness.thoughts.edit(author, id, { text: '#three' });
    await harness.follows.setMuted('fan_3', 'alice', true);
    await harness.thoughts.delete('fan_1', thoughts[1]?.id ?? '');
    all.push(...(await harness.drain()).records);
    const before = await dump(harness.table);
    const shuffled = all.map((record, at) => ({ record, place: (at * 7_919 * seed) % 101 }));
    await harness.drain(shuffled.sort((a, b) => a.place - b.place).map(({ record }) => record));
    expect(await dump(harness.table)).toEqual(before);
    expect(fans.every((name) => harness.entriesOf(name).length > 0)).toBe(true);
  });
});
