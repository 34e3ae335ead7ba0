import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeStream, itemOf, placeOf, sequenceOf } from '../../support/fake-stream.ts';
import { advanceUntil, MappingRun } from '../../support/mapping-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A stream of one open shard with so many records of different items. */
const streamOf = (count: number): FakeStream => {
  const stream = new FakeStream();
  stream.addShard('shard-1');
  for (let at = 0; at < count; at++) stream.put('shard-1', { item: `item-${at}` });
  return stream;
};

const places = ({ delivered }: MappingRun) => delivered.map(placeOf);

describe('a mapping', () => {
  it('delivers everything since the trim horizon, and then what comes', async () => {
    const stream = streamOf(3);
    const run = await MappingRun.start({ stream });
    await advanceUntil('the old records', () => run.delivered.length === 3);
    stream.put('shard-1', { item: 'late' });
    await advanceUntil('the new one', () => run.delivered.length === 4);
    expect(places(run)).toEqual([0, 1, 2, 3]);
    await run.mapping.stop();
  });

  it('delivers only what comes from now on when it starts at LATEST', async () => {
    const stream = streamOf(3);
    const run = await MappingRun.start({ stream, event: { startingPosition: 'LATEST' } });
    await advanceUntil('its iterator', () => stream.positions.length === 1);
    stream.put('shard-1', { item: 'late' });
    await advanceUntil('the new one', () => run.delivered.length > 0);
    expect(places(run)).toEqual([3]);
    await run.mapping.stop();
  });

  it('delivers nothing of the closed shards before the latest when it starts at LATEST', async () => {
    const stream = streamOf(2);
    stream.close('shard-1');
    stream.addShard('shard-2', 'shard-1');
    stream.put('shard-2', { item: 'old' });
    stream.close('shard-2');
    stream.addShard('shard-3', 'shard-2');
    stream.put('shard-3', { item: 'old too' });
    const run = await MappingRun.start({ stream, event: { startingPosition: 'LATEST' } });
    await advanceUntil('its iterator', () => stream.positions.length === 1);
    stream.put('shard-3', { item: 'new' });
    await advanceUntil('the new one', () => run.delivered.length > 0);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(run.delivered.map(itemOf)).toEqual(['new']);
    await run.mapping.stop();
  });

  it('at LATEST leaves out nothing that comes while its reads fail', async () => {
    const stream = streamOf(3);
    const run = await MappingRun.start({ stream, event: { startingPosition: 'LATEST' } });
    await advanceUntil('its iterator', () => stream.positions.length === 1);
    stream.failing.reads = 20;
    stream.put('shard-1', { item: 'meanwhile' });
    await advanceUntil('the record', () => run.delivered.length > 0);
    expect(places(run)).toEqual([3]);
    await run.mapping.stop();
  });

  it('reads a shard that appears later from its beginning, also at LATEST', async () => {
    const stream = streamOf(0);
    const run = await MappingRun.start({ stream, event: { startingPosition: 'LATEST' } });
    stream.addShard('shard-2', 'shard-1');
    stream.put('shard-2', { item: 'of the child' });
    stream.close('shard-1');
    await advanceUntil('the record of the child', () => run.delivered.length === 1);
    expect(stream.positions.at(-1)).toEqual({ shard: 'shard-2', position: { kind: 'TRIM_HORIZON' } });
    await run.mapping.stop();
  });

  it('does not invoke for what the filter keeps out, and counts it as done', async () => {
    const stream = streamOf(0);
    for (const type of ['timeline', 'thought', 'timeline']) stream.put('shard-1', { item: type, type });
    const filterPatterns = [{ dynamodb: { NewImage: { type: { S: ['thought'] } } } }];
    const run = await MappingRun.start({ stream, event: { filterPatterns } });
    await advanceUntil('the end', () => run.delivered.length === 1 && run.mapping.underWay === 0);
    expect(places(run)).toEqual([1]);
    await run.mapping.stop();
  });

  it('refuses to be made with a filter that it can not read', () => {
    const start = MappingRun.start({ stream: streamOf(0), event: { filterPatterns: [{ a: [{ wildcard: '*' }] }] } });
    return expect(start).rejects.toThrow('"wildcard"');
  });
});

describe('the shards of a split', () => {
  it('are begun only when all of the parent is done', async () => {
    const stream = streamOf(3);
    stream.addShard('left', 'shard-1');
    stream.addShard('right', 'shard-1');
    for (const shard of ['left', 'right']) stream.put(shard, { item: shard });
    stream.close('shard-1');
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const isHeld = (items: string[]) => items.includes('item-2');
    const run = await MappingRun.start({
      stream,
      event: { batchSize: 1, parallelizationFactor: 10 },
      handler: (records) => (isHeld(records.map(itemOf)) ? release : undefined),
    });
    await advanceUntil('the parent to be read', () => run.delivered.length === 3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stream.positions.map(({ shard }) => shard)).toEqual(['shard-1']);
    resolve();
    await advanceUntil('the children', () => run.delivered.length === 5);
    expect(places(run).sort()).toEqual([0, 1, 2, 3, 4]);
    await run.mapping.stop();
  });

  it('follow each other over generations, with every record once', async () => {
    const stream = streamOf(2);
    for (let generation = 2; generation <= 6; generation++) {
      stream.close(`shard-${generation - 1}`);
      stream.addShard(`shard-${generation}`, `shard-${generation - 1}`);
      stream.put(`shard-${generation}`, { item: 'same' });
    }
    const run = await MappingRun.start({ stream });
    await advanceUntil('all generations', () => run.delivered.length === 7);
    expect(places(run).slice(2)).toEqual([2, 3, 4, 5, 6]);
    await run.mapping.stop();
  });

  it('do not wait for a parent that has left the stream', async () => {
    const stream = new FakeStream();
    stream.addShard('child', 'gone');
    stream.put('child', { item: 'a' });
    const run = await MappingRun.start({ stream });
    await advanceUntil('the record', () => run.delivered.length === 1);
    await run.mapping.stop();
  });

  it('wait for a parent that has left the stream while some of it is under way', async () => {
    const stream = streamOf(1);
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const run = await MappingRun.start({
      stream,
      handler: (records) => (records.some((record) => itemOf(record) === 'item-0') ? release : undefined),
    });
    await advanceUntil('the parent to be read', () => run.delivered.length === 1);
    stream.addShard('child', 'shard-1');
    stream.put('child', { item: 'a' });
    stream.close('shard-1');
    await vi.advanceTimersByTimeAsync(1_000);
    stream.forget('shard-1');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(run.delivered).toHaveLength(1);
    resolve();
    await advanceUntil('the child', () => run.delivered.length === 2);
    await run.mapping.stop();
  });

  it('are found although listing the shards fails when the parent ends', async () => {
    const stream = streamOf(1);
    stream.addShard('child', 'shard-1');
    stream.put('child', { item: 'a' });
    const run = await MappingRun.start({ stream });
    stream.failing.listings = 2;
    stream.close('shard-1');
    await advanceUntil('the record of the child', () => run.delivered.length === 2);
    expect(run.reports).toContain('Listing shards failed: Error: InternalServerError of listings');
    await run.mapping.stop();
  });
});

describe('the lanes of a shard', () => {
  it('keep the order of each item while different items overlap', async () => {
    const stream = new FakeStream();
    stream.addShard('shard-1');
    for (let at = 0; at < 200; at++) stream.put('shard-1', { item: `item-${at % 20}` });
    const running = new Set<string>();
    let most = 0;
    const overlaps: string[] = [];
    const run = await MappingRun.start({
      stream,
      event: { batchSize: 3, parallelizationFactor: 10 },
      handler: async (records) => {
        const items = new Set(records.map(itemOf));
        overlaps.push(...[...items].filter((item) => running.has(item)));
        for (const item of items) running.add(item);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setTimeout(resolve, 5 + records.length));
        for (const item of items) running.delete(item);
      },
    });
    await advanceUntil('all records', () => run.delivered.length === 200 && run.mapping.underWay === 0);
    expect(overlaps).toEqual([]);
    expect(most).toBeGreaterThan(3);
    for (const [item, records] of Map.groupBy(run.delivered, itemOf)) {
      const sequences = records.map(sequenceOf);
      expect(sequences, item).toEqual([...sequences].sort());
    }
    await run.mapping.stop();
  });

  it('are not held up by one that fails', async () => {
    const stream = streamOf(50);
    const poison = 'item-7';
    const run = await MappingRun.start({
      stream,
      event: { batchSize: 1, parallelizationFactor: 10 },
      handler: (records) => {
        if (records.map(itemOf).includes(poison)) throw new Error('crashed');
      },
    });
    const others = () => new Set(run.delivered.map(itemOf).filter((item) => item !== poison));
    await advanceUntil('the lanes beside it', () => others().size >= 30);
    expect(run.mapping.underWay).toBe(43);
    await run.mapping.stop();
  });
});
