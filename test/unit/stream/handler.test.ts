import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionLifecycle } from '../../../src/push/connection-lifecycle.ts';
import { Pusher } from '../../../src/push/pusher.ts';
import { createStreamHandler } from '../../../src/stream/handler.ts';
import { type Item, type Key, TableBusyError, type Write } from '../../../src/table/table.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { createHarness } from '../../support/fan-out-harness.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { batchOf, contextWith, poisonRecord } from '../../support/stream.ts';
import { dump, NO_RATE_LIMIT, post, times } from '../../support/world.ts';

/** A table that is busy as often as it is told. */
class BusyTable extends MemoryTable {
  isBusy: () => boolean = () => false;
  override async batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    // What a busy table has taken of a batch, it keeps.
    if (this.isBusy()) {
      await super.batchWrite(writes.slice(0, 1));
      throw new TableBusyError('busy');
    }
    await super.batchWrite(writes);
  }
  override async write(writes: Write[]) {
    if (this.isBusy()) throw new TableBusyError('busy');
    return super.write(writes);
  }
}

const createStream = () => {
  const table = new BusyTable();
  const harness = createHarness({ pageSize: 5, width: 3 }, table);
  const sockets = new FakeSockets();
  const parked: { record: DynamoDBRecord; error: unknown }[] = [];
  const parking = { park: async (record: DynamoDBRecord, error: unknown) => void parked.push({ record, error }) };
  const pusher = new Pusher({
    sockets,
    runtime: harness.runtime,
    rateLimiter: NO_RATE_LIMIT,
  });
  const handler = createStreamHandler({
    eraser: { goOn: async () => {} },
    fanOut: harness.fanOut,
    pusher,
    lifecycle: new ConnectionLifecycle({ ...harness, sockets }),
    parking,
    markMissed: (connectionId, channels) => harness.connections.markMissed(connectionId, channels),
    // Nothing is sent before the end of an invocation.
    runtime: { now: harness.runtime.now, sleep: () => new Promise(() => {}) },
  });
  const invoke = async (records: DynamoDBRecord[]) =>
    (
      await handler(
        batchOf(records),
        contextWith(() => 20_000),
      )
    ).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

  /** Runs the stream to its end as Lambda does: again from the checkpoint until nothing fails. */
  const run = async (): Promise<void> => {
    let left = harness.tap.take();
    while (left.length > 0) {
      const [checkpoint] = await invoke(left);
      const from = left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === checkpoint);
      left = [...(checkpoint === undefined ? [] : left.slice(from)), ...harness.tap.take()];
    }
  };
  return { ...harness, table, sockets, parked, parking, invoke, run };
};

describe('the stream function', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('fans out and pushes a batch, and reports no failure', async () => {
    const stream = createStream();
    await stream.arrive('alice');
    await stream.fans(3);
    const posted = [await post(stream, 'alice'), await post(stream, 'alice')];
    expect(await stream.invoke(stream.tap.take())).toEqual([]);
    expect(stream.sockets.posts.map(({ connectionId }) => connectionId).sort()).toEqual([
      'c-fan_0',
      'c-fan_1',
      'c-fan_2',
    ]);
    expect(stream.sockets.eventsOf('c-fan_0').map(({ thoughtId, seq }) => [thoughtId, seq])).toEqual(
      posted.map(({ id, seq }) => [id, seq]),
    );
  });

  it('reports a record with a transient failure, and finishes it when it comes again', async () => {
    const stream = createStream();
    await stream.arrive('alice');
    const [fan = ''] = await stream.fans(1);
    const { id } = await post(stream, 'alice');
    const records = stream.tap.take();
    stream.table.isBusy = () => true;
    expect(await stream.invoke(records)).toEqual([records[0]?.dynamodb?.SequenceNumber]);
    expect(stream.parked).toEqual([]);
    stream.table.isBusy = () => false;
    expect(await stream.invoke(records)).toEqual([]);
    expect(stream.entriesOf(fan)).toEqual([id]);
  });

  it('logs a thought whose id is ahead of its record, and fans it out all the same', async () => {
    const stream = createStream();
    const [fan = ''] = await stream.fans(1);
    const { id } = await post(stream, 'alice');
    const records = stream.tap.take();
    const writtenAt = Math.floor((stream.runtime.now() - 20_000) / 1000);
    for (const { dynamodb } of records) if (dynamodb) dynamodb.ApproximateCreationDateTime = writtenAt;
    expect(await stream.invoke(records)).toEqual([]);
    expect(stream.entriesOf(fan)).toEqual([id]);
    const lines = vi.mocked(console.warn).mock.calls.map(([line]) => JSON.parse(line));
    expect(lines).toEqual([{ message: 'clock_ahead', id, aheadMs: expect.any(Number) }]);
  });

  it('ends in the same state whenever the table is busy', async () => {
    const course = async (isBusy: () => boolean) => {
      const stream = createStream();
      await stream.arrive('alice');
      await stream.fans(17);
      await stream.follows.follow('fan_1', 'fan_2');
      await post(stream, 'fan_2', '#two');
      const { id } = await post(stream, 'alice', '#one');
      await stream.thoughts.edit('alice', id, { text: 'edited #three' });
      stream.table.isBusy = isBusy;
      await stream.run();
      const heard = times(17, (at) => new Set(stream.sockets.eventsOf(`c-fan_${at}`).map((event) => event.id)));
      expect(stream.parked).toEqual([]);
      return { items: await dump(stream.table), heard };
    };
    const expected = await course(() => false);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (faults) => {
        const left = [...faults];
        expect(await course(() => left.shift() ?? false)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('parks a record that can never succeed completely, and processes the others', async () => {
    const stream = createStream();
    const [fan = ''] = await stream.fans(1);
    await post(stream, 'alice');
    const poison = poisonRecord(99);
    expect(await stream.invoke([poison, ...stream.tap.take()])).toEqual([]);
    expect(stream.parked).toMatchObject([{ record: poison, error: { code: 'unreadable_record' } }]);
    expect(stream.entriesOf(fan)).toHaveLength(1);
  });

  it('parks a record that breaks the fan-out', async () => {
    const stream = createStream();
    await post(stream, 'alice');
    const [record] = stream.tap.take();
    stream.table.batchGet = () => Promise.reject(new TypeError('broken'));
    expect(await stream.invoke(record ? [record] : [])).toEqual([]);
    expect(stream.parked.map(({ record: { eventID } }) => eventID)).toEqual([record?.eventID]);
  });

  it('reports a poison record that could not be parked', async () => {
    const stream = createStream();
    stream.parking.park = () => Promise.reject(new Error('the bucket is away'));
    const poison = poisonRecord(3);
    expect(await stream.invoke([poison])).toEqual([poison.dynamodb?.SequenceNumber]);
  });

  it('reports no failure when a push fails', async () => {
    const stream = createStream();
    const [fan = ''] = await stream.fans(1);
    stream.sockets.answer = () => 'busy';
    const { id } = await post(stream, 'alice');
    const start = stream.runtime.now();
    expect(await stream.invoke(stream.tap.take())).toEqual([]);
    expect(stream.entriesOf(fan)).toEqual([id]);
    expect(stream.runtime.now() - start).toBeLessThan(19_000);
  });

  it('deletes the connections that are gone', async () => {
    const stream = createStream();
    await stream.arrive('alice', true);
    stream.runtime.pass(60_000);
    stream.sockets.answer = () => 'gone';
    await post(stream, 'alice');
    expect(await stream.invoke(stream.tap.take())).toEqual([]);
    expect(stream.ofType('connection')).toEqual([]);
    expect((await stream.presence.of(['alice'])).get('alice')?.connections).toEqual([]);
  });

  it('leaves the rest of a large audience to later invocations', async () => {
    const stream = createStream();
    await stream.arrive('alice');
    await stream.fans(12);
    await post(stream, 'alice');
    expect(await stream.invoke(stream.tap.take())).toEqual([]);
    expect(stream.ofType('timeline-entry')).toHaveLength(5);
    expect(stream.ofType('task').length).toBeGreaterThan(0);
    await stream.run();
    expect(stream.ofType('timeline-entry')).toHaveLength(12);
    expect(stream.ofType('task')).toEqual([]);
  });
});
