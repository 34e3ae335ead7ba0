import { describe, expect, it } from 'vitest';
import { SimulatedStream } from '../../../../local/aws/stream.ts';
import { MemoryCheckpoints } from '../../../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../../../local/event-source-mapping/mapping.ts';
import type { StreamRecord } from '../../../../local/event-source-mapping/records.ts';
import { readMappingSettings } from '../../../../local/event-source-mapping/settings.ts';
import { seededRandom } from '../../../../local/faults/random.ts';
import { VirtualTime } from '../../../../tools/simulation/virtual-time.ts';

const DAY = 24 * 3_600_000;

const setUp = ({ shards = 1, lagMs = [100, 100] as [number, number], seed = 1 } = {}) => {
  const time = new VirtualTime(0);
  const random = seededRandom(seed);
  const runtime = { now: time.now, sleep: time.sleep, random, newId: () => 'id' };
  const stream = new SimulatedStream(runtime, { shards, lagMs });
  const write = (pk: string, version: number) =>
    stream.write({ keys: { pk: { S: pk }, sk: { S: '-' } }, newImage: { version: { N: String(version) } } });
  const read = async (shard: string): Promise<string[]> => {
    const outcome = await stream.iterator(shard, { kind: 'TRIM_HORIZON' });
    if (outcome.kind !== 'iterator') return ['trimmed'];
    const page = await stream.read(outcome.iterator);
    return page.kind === 'records' ? page.records.map(nameOf) : [page.kind];
  };
  return { time, runtime, stream, write, read };
};

const nameOf = ({ dynamodb }: StreamRecord): string => {
  const { pk } = dynamodb.Keys as { pk: { S: string } };
  const { version } = dynamodb.NewImage as { version: { N: string } };
  return `${pk.S}:${version.N}`;
};

describe('a simulated stream', () => {
  it('shows a record after its lag, and not before', async () => {
    const { time, write, stream, read } = setUp();
    const [shard] = await stream.shards();
    write('a', 1);
    await time.runUntil(99);
    expect(await read(shard?.id ?? '')).toEqual([]);
    await time.runUntil(100);
    expect(await read(shard?.id ?? '')).toEqual(['a:1']);
  });

  it('keeps the order of a shard, however the lags fall', async () => {
    const { time, write, stream, read } = setUp({ lagMs: [0, 1_000] });
    const [shard] = await stream.shards();
    for (let version = 0; version < 50; version++) {
      write('a', version);
      await time.runUntil(time.now() + 10);
    }
    const seen = await read(shard?.id ?? '');
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, version) => `a:${version}`));
    await time.runUntil(5_000);
    expect(await read(shard?.id ?? '')).toHaveLength(50);
  });

  it('has all changes of an item in one shard, and items in all shards', async () => {
    const { time, write, stream, read } = setUp({ shards: 4 });
    for (let item = 0; item < 40; item++) for (let version = 0; version < 3; version++) write(`item${item}`, version);
    await time.runUntil(1_000);
    const shards = await Promise.all((await stream.shards()).map(({ id }) => read(id)));
    for (let item = 0; item < 40; item++) {
      const holding = shards.map((names) => names.filter((name) => name.startsWith(`item${item}:`)));
      expect(holding.filter((names) => names.length > 0)).toEqual([
        [0, 1, 2].map((version) => `item${item}:${version}`),
      ]);
    }
    expect(shards.every((names) => names.length > 0)).toBe(true);
  });

  it('closes a shard that splits: its end is told, and what comes later is in its children', async () => {
    const { time, write, stream, read } = setUp();
    const [parent] = await stream.shards();
    write('a', 1);
    stream.split();
    write('a', 2);
    await time.runUntil(1_000);
    const outcome = await stream.iterator(parent?.id ?? '', { kind: 'TRIM_HORIZON' });
    const page = await stream.read(outcome.kind === 'iterator' ? outcome.iterator : '');
    expect(page).toMatchObject({ kind: 'records', next: undefined });
    const children = (await stream.shards()).filter((shard) => shard.parent === parent?.id);
    expect(children).toHaveLength(2);
    expect(await read(parent?.id ?? '')).toEqual(['a:1']);
    expect((await Promise.all(children.map(({ id }) => read(id)))).flat()).toEqual(['a:2']);
  });

  it('forgets records after a day', async () => {
    const { time, write, stream, read } = setUp();
    const [shard] = await stream.shards();
    write('a', 1);
    await time.runUntil(DAY / 2);
    write('a', 2);
    await time.runUntil(DAY + 200);
    await read(shard?.id ?? '');
    expect(await read(shard?.id ?? '')).toEqual(['a:2']);
    expect(await stream.read(`${shard?.id}/0`)).toEqual({ kind: 'trimmed' });
  });

  it('wakes a waiting reader for a readable record, for a split, and for the end', async () => {
    const { time, write, stream } = setUp();
    const [shard] = await stream.shards();
    const woken: number[] = [];
    const wait = (signal = new AbortController().signal) =>
      void stream.untilNews(`${shard?.id}/0`, signal).then(() => woken.push(time.now()));
    const stopping = new AbortController();
    wait(stopping.signal);
    await time.runUntil(1_000);
    expect(woken).toEqual([]);
    stopping.abort();
    await time.runUntil(2_000);
    expect(woken).toHaveLength(1);
    wait();
    await time.runUntil(3_000);
    write('a', 1);
    await time.runUntil(3_099);
    expect(woken).toHaveLength(1);
    await time.runUntil(3_100);
    expect(woken.slice(1)).toEqual([3_100]);
  });
});

describe('the mapping on a simulated stream', () => {
  const map = (
    { time, runtime, stream }: ReturnType<typeof setUp>,
    invoke: (names: string[]) => Promise<unknown>,
    more: object = {},
  ) => {
    const given: string[] = [];
    const mapping = new EventSourceMapping({
      source: stream,
      settings: readMappingSettings({ batchSize: 100, functionResponseType: 'ReportBatchItemFailures', ...more }),
      functionName: 'stream',
      invoke: ({ Records }) => invoke(Records.map(nameOf)),
      checkpoints: new MemoryCheckpoints(),
      destination: async ({ body }) => {
        given.push(JSON.parse(body).requestContext.condition);
      },
      runtime: { now: time.now, sleep: runtime.sleep, newId: runtime.newId },
      pollMs: 250,
      agesFrom: 'creation',
    });
    return { mapping, given };
  };

  it('asks four times a second: a record is given at the first poll after it can be read', async () => {
    const parts = setUp();
    const at: number[] = [];
    const { mapping } = map(parts, async () => void at.push(parts.time.now()));
    await mapping.start();
    await parts.time.runUntil(10_010);
    parts.write('a', 1);
    await parts.time.runUntil(20_000);
    expect(at).toEqual([10_250]);
  });

  it('gives all of a parent before anything of its children', async () => {
    const parts = setUp({ lagMs: [0, 400] });
    const seen: string[] = [];
    const { mapping } = map(parts, async (names) => {
      await parts.time.sleep(700);
      seen.push(...names);
    });
    await mapping.start();
    for (let version = 0; version < 30; version++) {
      if (version % 8 === 7) parts.stream.split();
      parts.write('a', version);
      await parts.time.runUntil(parts.time.now() + 100);
    }
    await parts.time.runUntil(60_000);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, version) => `a:${version}`));
  });

  it('counts no throttled invocation as an attempt', async () => {
    const parts = setUp();
    let throttles = 0;
    const { mapping, given } = map(
      parts,
      async () => {
        if (++throttles <= 50) throw Object.assign(new Error('Rate exceeded'), { code: 'throttled' });
      },
      { maximumRetryAttempts: 1 },
    );
    await mapping.start();
    parts.write('a', 1);
    await parts.time.runUntil(120_000);
    expect(throttles).toBe(51);
    expect(given).toEqual([]);
  });

  it('gives up a record that is too old, from its creation on', async () => {
    const parts = setUp({ lagMs: [50_000, 50_000] });
    const calls: number[] = [];
    const { mapping, given } = map(
      parts,
      async () => {
        calls.push(parts.time.now());
        throw new Error('no');
      },
      { maximumRecordAgeInSeconds: 60 },
    );
    await mapping.start();
    parts.write('a', 1);
    await parts.time.runUntil(120_000);
    expect(given).toEqual(['RecordAgeExceeded']);
    expect(calls.length).toBeGreaterThan(0);
    expect(Math.max(...calls)).toBeLessThanOrEqual(60_000);
  });

  it('halves a batch that fails, in its order', async () => {
    const parts = setUp();
    const calls: string[][] = [];
    const invoke = async (names: string[]) => {
      calls.push(names);
      if (names.length > 1) throw new Error('too many');
    };
    const { mapping } = map(parts, invoke, { bisectBatchOnFunctionError: true });
    await mapping.start();
    for (const pk of ['a', 'b', 'c', 'd']) parts.write(pk, 1);
    await parts.time.runUntil(60_000);
    expect(calls.filter((names) => names.length === 1).flat()).toEqual(['a:1', 'b:1', 'c:1', 'd:1']);
  });
});
