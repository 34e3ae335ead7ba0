import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeStream, placeOf } from '../../support/fake-stream.ts';
import { advanceUntil, MappingRun } from '../../support/mapping-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const streamOf = (count: number): FakeStream => {
  const stream = new FakeStream();
  stream.addShard('shard-1');
  for (let at = 0; at < count; at++) stream.put('shard-1', { item: 'alice' });
  return stream;
};

const places = ({ delivered }: MappingRun) => delivered.map(placeOf);

describe('a stream that fails', () => {
  it('is read again from where it was when reading fails', async () => {
    const stream = streamOf(2);
    const run = await MappingRun.start({ stream });
    await advanceUntil('the first', () => run.delivered.length === 2);
    stream.failing.reads = 5;
    stream.put('shard-1', { item: 'alice' });
    await advanceUntil('the next', () => run.delivered.length === 3);
    expect(places(run)).toEqual([0, 1, 2]);
    expect(run.reports).toContain('Reading shard-1 failed, trying again: InternalServerError of reads');
    await run.mapping.stop();
  });

  it('is asked again for an iterator', async () => {
    const stream = streamOf(2);
    stream.failing.iterators = 3;
    const run = await MappingRun.start({ stream });
    await advanceUntil('the records', () => run.delivered.length === 2);
    expect(run.reports).toContain('No iterator for shard-1, trying again: InternalServerError of iterators');
    await run.mapping.stop();
  });

  it('is gone on with after an iterator expired, without a record twice', async () => {
    const stream = streamOf(5);
    stream.pageSize = 2;
    const run = await MappingRun.start({ stream });
    await advanceUntil('the first', () => run.delivered.length === 5);
    stream.expireIterators();
    stream.put('shard-1', { item: 'alice' });
    await advanceUntil('the next', () => run.delivered.length === 6);
    expect(places(run)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(run.reports).toEqual([]);
    await run.mapping.stop();
  });

  it('keeps a mapping from starting when its shards can not be listed', async () => {
    const stream = streamOf(0);
    stream.failing.listings = 1;
    await expect(MappingRun.start({ stream })).rejects.toThrow('InternalServerError of listings');
  });
});

describe('records that were trimmed before they were read', () => {
  it('are reported as a loss when their checkpoint is behind the horizon', async () => {
    const stream = streamOf(10);
    stream.pageSize = 2;
    const seen = stream.put('shard-1', { item: 'alice' });
    const checkpoints = {
      load: async () => new Map([['shard-1', { sequenceNumber: '100000000000000000001', isFinished: false }]]),
      save: async () => {},
    };
    stream.trim('shard-1', 3);
    const run = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('what is left', () => run.delivered.includes(seen) || run.delivered.length === 3);
    expect(places(run)).toEqual([8, 9, 10]);
    expect(run.reports).toEqual([
      'DATA LOSS: records of shard-1 after 100000000000000000001 were gone before they were read',
    ]);
    await run.mapping.stop();
  });

  it('are reported as a loss when it happens in the middle of reading', async () => {
    const stream = streamOf(6);
    stream.pageSize = 2;
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const read = stream.read.bind(stream);
    vi.spyOn(stream, 'read').mockImplementation(async (iterator) => {
      if (iterator.startsWith('shard-1/2/')) await release;
      return read(iterator);
    });
    const run = await MappingRun.start({ stream });
    await advanceUntil('the first page', () => run.delivered.length === 2);
    stream.trim('shard-1', 1);
    resolve();
    await advanceUntil('what is left', () => run.delivered.length === 3);
    expect(places(run)).toEqual([0, 1, 5]);
    expect(run.reports.filter((report) => report.startsWith('DATA LOSS'))).toHaveLength(1);
    await run.mapping.stop();
  });

  it('are no loss when nothing unread is among them', async () => {
    const stream = streamOf(6);
    stream.trim('shard-1', 2);
    const run = await MappingRun.start({ stream });
    await advanceUntil('what is left', () => run.delivered.length === 2);
    expect(run.reports).toEqual([]);
    await run.mapping.stop();
  });
});

describe('a function that throws', () => {
  it('gets its batch again until it is done, and each time is counted', async () => {
    let failures = 3;
    const run = await MappingRun.start({
      stream: streamOf(2),
      handler: () => {
        if (failures-- > 0) throw new Error('crashed');
      },
    });
    await advanceUntil('success', () => run.delivered.length > 0 && run.mapping.underWay === 0);
    expect(places(run)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(run.mapping.retries).toBe(3);
    await run.mapping.stop();
  });
});

describe('stopping', () => {
  it('ends at once when nothing is under way', async () => {
    const run = await MappingRun.start({ stream: streamOf(0) });
    await run.mapping.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the batch under way, begins no other, and saves how far it came', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const saved: unknown[] = [];
    const run = await MappingRun.start({
      stream: streamOf(4),
      event: { batchSize: 2 },
      handler: () => release,
      checkpoints: {
        load: async () => new Map(),
        save: async (checkpoints) => void saved.push(structuredClone([...checkpoints])),
      },
    });
    await advanceUntil('the first batch', () => run.delivered.length === 2);
    let isStopped = false;
    const stopped = run.mapping.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isStopped).toBe(false);
    resolve();
    await stopped;
    expect(places(run)).toEqual([0, 1]);
    expect(saved.at(-1)).toEqual([['shard-1', { sequenceNumber: '100000000000000000001', isFinished: false }]]);
  });

  it('ends although the function fails for ever', async () => {
    const run = await MappingRun.start({
      stream: streamOf(2),
      handler: () => {
        throw new Error('crashed');
      },
    });
    await advanceUntil('some retries', () => run.mapping.retries > 2);
    await run.mapping.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends although the stream can not be read', async () => {
    const stream = streamOf(2);
    stream.failing.reads = Number.POSITIVE_INFINITY;
    const run = await MappingRun.start({ stream });
    await advanceUntil('a failure', () => run.reports.length > 0);
    await run.mapping.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
