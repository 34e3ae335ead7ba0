import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryCheckpoints } from '../../../local/event-source-mapping/checkpoints.ts';
import { FakeStream, placeOf, STREAM_ARN } from '../../support/fake-stream.ts';
import { failed, keptObjects, LaneRun, type LaneRunOptions, type WindowEvent } from '../../support/lane-run.ts';
import { advanceUntil, MappingRun } from '../../support/mapping-run.ts';

/** The record at 0 is of 03:04:05, and each next one is a second younger. */
const TEN_SECONDS = { tumblingWindowInSeconds: 10 };

/** A lane whose function counts the records of a window. */
const countingRun = ({ event, ...others }: LaneRunOptions = {}) => {
  const run: LaneRun = new LaneRun({
    event: { ...TEN_SECONDS, ...event },
    handler: () => counted(run.events.at(-1) as WindowEvent),
    ...others,
  });
  return run;
};
const counted = ({ state, Records }: WindowEvent) => ({ state: { count: Number(state.count ?? 0) + Records.length } });

const summary = ({ events }: LaneRun) =>
  events.map(({ Records, state, isFinalInvokeForWindow, isWindowTerminatedEarly }) => [
    Records.map(placeOf),
    state,
    ...(isFinalInvokeForWindow ? ['final'] : []),
    ...(isWindowTerminatedEarly ? ['early'] : []),
  ]);

describe('a tumbling window', () => {
  it('hands the state from batch to batch, and the next window begins without state', async () => {
    const run = countingRun({ event: { batchSize: 3 } });
    await run.process(8);
    expect(summary(run)).toEqual([
      [[0, 1, 2], {}],
      [[3, 4], { count: 3 }],
      [[], { count: 5 }, 'final'],
      [[5, 6, 7], {}],
      [[], { count: 3 }, 'final'],
    ]);
    expect(run.done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('has the fields of an event of Lambda', async () => {
    const run = countingRun();
    await run.process(1);
    expect(run.events[0]).toEqual({
      Records: [expect.anything()],
      window: { start: '2026-01-02T03:04:00Z', end: '2026-01-02T03:04:10Z' },
      state: {},
      shardId: 'shard-1',
      eventSourceARN: STREAM_ARN,
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
  });

  it('that gets no more records is over a second after its end', async () => {
    const run = countingRun();
    await run.process(1);
    expect(summary(run).at(-1)).toEqual([[], { count: 1 }, 'final']);
    expect(new Date(run.runtime.now()).toISOString()).toBe('2026-01-02T03:04:11.000Z');
  });

  it('takes an answer without state for a failure', async () => {
    const run: LaneRun = countingRun({
      handler: (_places, invocation) => (invocation === 0 ? {} : counted(run.events.at(-1) as WindowEvent)),
    });
    await run.process(2);
    expect(run.invocations).toEqual([[0, 1], [0, 1], []]);
    expect(run.reports[0]).toContain('no state');
  });

  it('with a state above 1 MB is ended early, and goes on with an empty state', async () => {
    const run: LaneRun = countingRun({
      event: { batchSize: 1 },
      handler: (_places, invocation) =>
        invocation === 0 ? { state: { text: 'x'.repeat(1024 * 1024) } } : { state: {} },
    });
    await run.process(2);
    expect(summary(run)).toEqual([
      [[0], {}],
      [[], { text: expect.any(String) }, 'early'],
      [[1], {}],
      [[], {}, 'final'],
    ]);
    expect(new Set(run.events.map(({ window }) => window.start)).size).toBe(1);
  });

  it('holds back the next one until its final invocation succeeds', async () => {
    const run: LaneRun = countingRun({
      event: { maximumRetryAttempts: 1 },
      handler: ([first], invocation) => {
        if (first === undefined && invocation < 4) throw new Error('crashed');
        return counted(run.events.at(-1) as WindowEvent);
      },
    });
    await run.process(6);
    expect(run.invocations).toEqual([[0, 1, 2, 3, 4], [], [], [], [], [5], []]);
    expect(summary(run)[4]).toEqual([[], { count: 5 }, 'final']);
  });

  it('keeps the state of records that were done, and not of those that come again', async () => {
    const run: LaneRun = countingRun({
      handler: (places, invocation) => {
        if (invocation === 0) return { ...failed(2), state: { count: 2 } };
        if (invocation === 1) return { ...failed(2), state: { count: 99 } };
        return { state: { count: Number(run.events.at(-1)?.state.count) + places.length } };
      },
    });
    await run.process(4);
    expect(summary(run)).toEqual([
      [[0, 1, 2, 3], {}],
      [[2, 3], { count: 2 }],
      [[2, 3], { count: 2 }],
      [[], { count: 4 }, 'final'],
    ]);
  });

  it('goes on with the state before a batch that was given up', async () => {
    const { objects, destination } = keptObjects();
    const run: LaneRun = countingRun({
      event: { batchSize: 2, maximumRetryAttempts: 0 },
      destination,
      handler: ([first]) => {
        if (first === 2) throw new Error('crashed');
        return counted(run.events.at(-1) as WindowEvent);
      },
    });
    await run.process(5);
    expect(summary(run).at(-1)).toEqual([[], { count: 3 }, 'final']);
    expect(objects).toHaveLength(1);
  });
});

describe('the tumbling window of a shard', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
  afterEach(() => void vi.useRealTimers());

  const start = async (stream: FakeStream, checkpoints = new MemoryCheckpoints()) => {
    const events: WindowEvent[] = [];
    const run = await MappingRun.start({
      stream,
      event: { tumblingWindowInSeconds: 30 },
      handler: (_records, event) => {
        events.push(event as WindowEvent);
        return counted(event as WindowEvent);
      },
      checkpoints,
    });
    return { run, events };
  };

  it('is over when the shard ends, and the child shard begins without state', async () => {
    const stream = new FakeStream();
    stream.addShard('parent');
    stream.put('parent', { item: 'a' });
    const { run, events } = await start(stream);
    await advanceUntil('the record', () => events.length === 1);
    stream.addShard('child', 'parent');
    stream.put('child', { item: 'a' });
    stream.close('parent');
    await advanceUntil('the child', () => events.length === 3);
    expect(events.map(({ shardId, state, isFinalInvokeForWindow: isFinal }) => [shardId, state, isFinal])).toEqual([
      ['parent', {}, false],
      ['parent', { count: 1 }, true],
      ['child', {}, false],
    ]);
    await run.stop();
  });

  it('goes on with its state after the mapping was stopped', async () => {
    const stream = new FakeStream();
    stream.addShard('only');
    stream.put('only', { item: 'a' });
    const checkpoints = new MemoryCheckpoints();
    const first = await start(stream, checkpoints);
    await advanceUntil('the record', () => first.events.length === 1);
    await first.run.stop();
    stream.put('only', { item: 'a' });
    const second = await start(stream, checkpoints);
    await advanceUntil('the final invocation', () => second.events.length === 2);
    expect(second.events.map(({ Records, state }) => [Records.map(placeOf), state])).toEqual([
      [[1], { count: 1 }],
      [[], { count: 2 }],
    ]);
    await second.run.stop();
    const third = await start(stream, checkpoints);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(third.events).toEqual([]);
    await third.run.stop();
  });
});
