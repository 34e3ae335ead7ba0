import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Checkpoints, MemoryCheckpoints } from '../../../local/event-source-mapping/checkpoints.ts';
import type { StreamRecord } from '../../../local/event-source-mapping/records.ts';
import { FakeStream, itemOf, placeOf, sequenceOf } from '../../support/fake-stream.ts';
import { failed } from '../../support/lane-run.ts';
import { advanceUntil, MappingRun } from '../../support/mapping-run.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const checkpointOf = async (checkpoints: Checkpoints): Promise<bigint> => {
  const saved = (await checkpoints.load()).get('shard-1')?.sequenceNumber;
  return saved === undefined ? -1n : BigInt(saved);
};

describe('a mapping that starts again', () => {
  it('delivers only what came after it stopped when all was done', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    stream.put('shard-1', { item: 'a' });
    const first = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('the first', () => first.delivered.length === 1);
    await first.mapping.stop();
    stream.put('shard-1', { item: 'b' });
    const second = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('the second', () => second.delivered.length === 1);
    expect(second.delivered.map(placeOf)).toEqual([1]);
    await second.mapping.stop();
  });

  it('delivers again what was done behind a hole, and nothing before it', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    for (let at = 0; at < 30; at++) stream.put('shard-1', { item: `item-${at}` });
    const event = { batchSize: 1, parallelizationFactor: 10 };
    const done = new Set<number>();
    const first = await MappingRun.start({
      stream,
      checkpoints,
      event,
      handler: ([record]) => {
        if (!record || placeOf(record) === 10) throw new Error('crashed');
        done.add(placeOf(record));
      },
    });
    await advanceUntil('some behind the hole', () => [...done].some((at) => at > 20));
    await first.mapping.stop();
    const second = await MappingRun.start({ stream, checkpoints, event });
    await advanceUntil('the rest', () => second.delivered.length >= 20);
    expect(second.delivered.map(placeOf).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 10));
    await second.mapping.stop();
  });

  it('at LATEST comes back to the first record that it read, when none was done', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    stream.put('shard-1', { item: 'old' });
    const event = { startingPosition: 'LATEST' };
    const crash = () => {
      throw new Error('crashed');
    };
    const first = await MappingRun.start({ stream, checkpoints, event, handler: crash });
    await advanceUntil('its iterator', () => stream.positions.length === 1);
    for (const item of ['a', 'b']) stream.put('shard-1', { item });
    await advanceUntil('a retry', () => first.mapping.retries > 0);
    await first.stop();
    const second = await MappingRun.start({ stream, checkpoints, event });
    await advanceUntil('both', () => second.delivered.length === 2);
    expect(second.delivered.map(itemOf)).toEqual(['a', 'b']);
    await second.mapping.stop();
  });

  it('reads a child that was empty from its beginning, also at LATEST', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    const event = { startingPosition: 'LATEST' };
    const first = await MappingRun.start({ stream, checkpoints, event });
    await advanceUntil('its iterator', () => stream.positions.length === 1);
    stream.put('shard-1', { item: 'a' });
    stream.addShard('child', 'shard-1');
    stream.close('shard-1');
    await advanceUntil('the child', () => stream.positions.some(({ shard }) => shard === 'child'));
    await first.stop();
    stream.put('child', { item: 'b' });
    const second = await MappingRun.start({ stream, checkpoints, event });
    await advanceUntil('its record', () => second.delivered.length > 0);
    expect(second.delivered.map(itemOf)).toEqual(['b']);
    await second.mapping.stop();
  });

  it('reports the rest of a shard as lost that has left the stream meanwhile', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    stream.put('shard-1', { item: 'a' });
    const first = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('the record', () => first.delivered.length === 1 && first.mapping.underWay === 0);
    await first.stop();
    stream.put('shard-1', { item: 'never read' });
    stream.addShard('child', 'shard-1');
    stream.forget('shard-1');
    const second = await MappingRun.start({ stream, checkpoints });
    expect(second.reports).toEqual(['DATA LOSS: shard-1 was trimmed before all of it was read']);
    await second.mapping.stop();
  });

  it('does not begin a finished parent again', async () => {
    const stream = new FakeStream();
    const checkpoints = new MemoryCheckpoints();
    stream.addShard('shard-1');
    stream.addShard('child', 'shard-1');
    for (const shard of ['shard-1', 'child']) stream.put(shard, { item: shard });
    stream.close('shard-1');
    const first = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('both', () => first.delivered.length === 2 && first.mapping.underWay === 0);
    await first.mapping.stop();
    stream.put('child', { item: 'late' });
    const second = await MappingRun.start({ stream, checkpoints });
    await advanceUntil('the late one', () => second.delivered.length > 0);
    expect(second.delivered.map(itemOf)).toEqual(['late']);
    await second.mapping.stop();
  });
});

type Step = 'ok' | 'throw' | 'partial' | 'crash';

interface Plan {
  items: number[];
  steps: Step[];
  batchSize: number;
  parallelizationFactor: number;
  bisectBatchOnFunctionError: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  items: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 60 }),
  steps: fc.array(fc.constantFrom<Step>('ok', 'ok', 'throw', 'partial', 'crash'), { maxLength: 25 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  parallelizationFactor: fc.constantFrom(1, 3, 10),
  bisectBatchOnFunctionError: fc.boolean(),
});

/** Processes a stream by a plan, over as many lives of the mapping as it crashes. */
const live = async ({ items, steps, ...event }: Plan) => {
  const stream = new FakeStream();
  stream.addShard('shard-1');
  for (const item of items) stream.put('shard-1', { item: `item-${item}` });
  const kept = new MemoryCheckpoints();
  const processed: StreamRecord[] = [];
  const faults: string[] = [];
  let step = 0;

  const oneLife = async () => {
    let isCrashed = false;
    const resumedFrom = await checkpointOf(kept);
    const run = await MappingRun.start({
      stream,
      event,
      // Nothing that happens after the crash leaves a trace.
      checkpoints: {
        load: () => kept.load(),
        save: async (checkpoints) => {
          if (!isCrashed) await kept.save(checkpoints);
          const seen = new Set(processed.map(placeOf));
          const checkpoint = await checkpointOf(kept);
          const isAhead = (_: unknown, at: number) =>
            100_000_000_000_000_000_000n + BigInt(at) <= checkpoint && !seen.has(at);
          if (items.some(isAhead)) faults.push(`the checkpoint ${checkpoint} is ahead of what is done`);
        },
      },
      handler: async (records) => {
        if (isCrashed) throw new Error('dead');
        const early = records.filter((record) => BigInt(sequenceOf(record)) <= resumedFrom);
        if (early.length > 0) faults.push(`${early.map(placeOf)} came again although done by ${resumedFrom}`);
        const action = steps[step++] ?? 'ok';
        await new Promise((resolve) => setTimeout(resolve, 30 * (step % 4)));
        if (isCrashed) throw new Error('dead');
        const half = Math.floor(records.length / 2);
        processed.push(...(action === 'ok' ? records : records.slice(0, half)));
        isCrashed = action === 'crash';
        if (action === 'throw' || action === 'crash') throw new Error(action);
        return action === 'partial' ? failed(...records.slice(half).map(placeOf)) : undefined;
      },
    });
    const isOver = () => processed.length >= items.length && run.mapping.underWay === 0 && run.delivered.length > 0;
    await advanceUntil('the end or a crash', () => isCrashed || isOver(), 60_000);
    await run.stop();
    return isCrashed;
  };

  while (await oneLife());
  return { processed, faults, checkpoint: await checkpointOf(kept) };
};

describe('whatever fails and however often it crashes', () => {
  it('nothing is lost, each item keeps its order, and the completed prefix never comes again', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { processed, faults, checkpoint } = await live(plan);
        const places = plan.items.map((_, at) => at);
        expect(faults).toEqual([]);
        expect([...new Set(processed.map(placeOf))].sort((a, b) => a - b)).toEqual(places);
        expect(checkpoint).toBe(100_000_000_000_000_000_000n + BigInt(plan.items.length - 1));
        for (const records of Map.groupBy(processed, itemOf).values()) {
          const firsts = [...new Set(records.map(placeOf))];
          expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
