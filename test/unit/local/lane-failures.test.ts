import { describe, expect, it } from 'vitest';
import { failed, keptObjects, LaneRun, placesIn } from '../../support/lane-run.ts';

const crash = () => {
  throw new Error('crashed');
};

describe('a batch with reported failures', () => {
  it('comes again from the lowest of them, and what was before is done', async () => {
    const run = new LaneRun({
      event: { batchSize: 10 },
      handler: (_places, invocation) => (invocation === 0 ? failed(4, 2) : undefined),
    });
    await run.process(6);
    expect(run.invocations).toEqual([
      [0, 1, 2, 3, 4, 5],
      [2, 3, 4, 5],
    ]);
    expect(run.done).toEqual([0, 1, 2, 3, 4, 5]);
    expect(run.onRetry).toHaveBeenCalledTimes(1);
  });

  it('is done after all when the mapping does not read reports', async () => {
    const run = new LaneRun({ event: { functionResponseType: undefined }, handler: () => failed(0) });
    await run.process(3);
    expect({ invocations: run.invocations.length, done: run.done }).toEqual({ invocations: 1, done: [0, 1, 2] });
  });

  it('keeps its retries as long as it gets on', async () => {
    const run = new LaneRun({
      event: { batchSize: 10, maximumRetryAttempts: 0 },
      handler: ([first = 0]) => (first < 5 ? failed(first + 1) : undefined),
    });
    await run.process(6);
    expect(run.done).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('comes again whole when the function names a record that is not in it', async () => {
    const run = new LaneRun({ handler: (_places, invocation) => (invocation === 0 ? failed(99) : undefined) });
    await run.process(2);
    expect(run.invocations).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('a batch whose function throws', () => {
  it('comes again whole, after longer and longer pauses with a limit, and the error is reported', async () => {
    const run = new LaneRun({ handler: (_places, invocation) => (invocation < 10 ? crash() : undefined) });
    await run.process(2);
    expect(run.invocations).toEqual(Array.from({ length: 11 }, () => [0, 1]));
    expect(run.reports[0]).toBe('stream failed: crashed');
    expect(run.runtime.sleeps).toEqual([...run.runtime.sleeps].sort((a, b) => a - b));
    expect(run.runtime.sleeps.at(0)).toBeLessThan(1_000);
    expect(run.runtime.sleeps.slice(-2)).toEqual([5_000, 5_000]);
  });

  it('holds back the batches behind it', async () => {
    const run = new LaneRun({
      event: { batchSize: 1 },
      handler: ([first], invocation) => (first === 0 && invocation < 3 ? crash() : undefined),
    });
    await run.process(2);
    expect(run.invocations).toEqual([[0], [0], [0], [0], [1]]);
  });

  it('never ends without a limit of retries', async () => {
    const run: LaneRun = new LaneRun({
      handler: (_places, invocation) => {
        run.isStopped = invocation === 499;
        return crash();
      },
    });
    await run.process(1);
    expect({ invocations: run.invocations.length, done: run.done }).toEqual({ invocations: 500, done: [] });
  });
});

describe('bisecting', () => {
  const withPoison =
    (...poison: number[]) =>
    (places: number[]) => {
      if (poison.some((at) => places.includes(at))) crash();
    };

  it('isolates one poison record, and everything else is done', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({
      event: { batchSize: 100, bisectBatchOnFunctionError: true, maximumRetryAttempts: 2 },
      handler: withPoison(37),
      destination,
    });
    await run.process(100);
    expect(objects.map(({ body }) => placesIn(body))).toEqual([[37]]);
    expect(run.done).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(run.invocations.filter((places) => places.length === 1 && places[0] === 37)).toHaveLength(3);
  });

  it('isolates several, each alone', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({
      event: { batchSize: 100, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 },
      handler: withPoison(0, 31, 32, 63),
      destination,
    });
    await run.process(64);
    expect(objects.map(({ body }) => placesIn(body))).toEqual([[0], [31], [32], [63]]);
    expect(run.done).toEqual(Array.from({ length: 64 }, (_, at) => at));
  });

  it('does not use up retries', async () => {
    let failures = 0;
    const run = new LaneRun({
      event: { batchSize: 8, bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 },
      handler: () => (++failures <= 4 ? crash() : undefined),
    });
    await run.process(8);
    expect(run.reports.filter((report) => report.includes('given up'))).toEqual([]);
    expect(run.done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps the order of the halves', async () => {
    const run = new LaneRun({
      event: { batchSize: 4, bisectBatchOnFunctionError: true },
      handler: (_places, invocation) => (invocation === 0 ? crash() : undefined),
    });
    await run.process(4);
    expect(run.invocations).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
    ]);
  });
});
