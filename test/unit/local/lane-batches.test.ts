import { describe, expect, it } from 'vitest';
import { fakeRecord } from '../../support/fake-stream.ts';
import { failed, LaneRun } from '../../support/lane-run.ts';

const MEGABYTE = 1024 * 1024;
const sizes = ({ invocations }: LaneRun) => invocations.map((batch) => batch.length);

describe('the batches of a lane', () => {
  it('hold no more records than the batch size, and all of them in order', async () => {
    const run = new LaneRun({ event: { batchSize: 4 } });
    await run.process(10);
    expect(run.invocations).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(run.done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('come one after the other', async () => {
    let running = 0;
    let most = 0;
    const run = new LaneRun({
      event: { batchSize: 1 },
      handler: async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
      },
    });
    await run.process(5);
    expect({ most, batches: run.invocations.length }).toEqual({ most: 1, batches: 5 });
  });

  it("stay below Lambda's 6 MB", async () => {
    const run = new LaneRun({ event: { batchSize: 100 } });
    await run.process(8, 'x'.repeat(MEGABYTE));
    expect(sizes(run)).toEqual([5, 3]);
  });

  it('count bytes and not characters', async () => {
    const run = new LaneRun({ event: { batchSize: 100 } });
    await run.process(8, 'ü'.repeat(MEGABYTE / 2));
    expect(sizes(run)).toEqual([5, 3]);
  });

  it('take a record that is alone above the limit rather than none', async () => {
    const run = new LaneRun({ event: { batchSize: 100 } });
    await run.process(2, 'x'.repeat(7 * MEGABYTE));
    expect(sizes(run)).toEqual([1, 1]);
  });

  it('are begun again for records that come later', async () => {
    const run = new LaneRun({ event: { batchSize: 10 } });
    await run.process(2);
    run.lane.push(fakeRecord({ item: 'alice', at: 2 }));
    await run.lane.idle();
    expect(run.invocations).toEqual([[0, 1], [2]]);
  });

  it('gather what comes while the one before is under way', async () => {
    const run: LaneRun = new LaneRun({
      event: { batchSize: 10 },
      handler: (_places, invocation) => {
        if (invocation > 0) return;
        for (const at of [1, 2]) run.lane.push(fakeRecord({ item: 'alice', at }));
      },
    });
    await run.process(1);
    expect(run.invocations).toEqual([[0], [1, 2]]);
  });

  it('hand a copy to the function, which may do with it what it likes', async () => {
    const run = new LaneRun({
      handler: (_places, invocation, records) => {
        for (const { dynamodb } of records) dynamodb.NewImage = {};
        return invocation === 0 ? failed(0) : undefined;
      },
    });
    const record = fakeRecord({ item: 'alice', at: 0 });
    run.lane.push(record);
    await run.lane.idle();
    expect(run.invocations).toEqual([[0], [0]]);
    expect(record).toEqual(fakeRecord({ item: 'alice', at: 0 }));
  });
});

describe('the batching window', () => {
  it('lets a batch fill until it is over', async () => {
    const run = new LaneRun({ event: { batchSize: 100, batchWindow: 1 } });
    let at = 1;
    run.runtime.onSleep = () => {
      if (at < 4) run.lane.push(fakeRecord({ item: 'alice', at: at++ }));
    };
    const start = run.runtime.now();
    await run.process(1);
    expect(run.invocations).toEqual([[0, 1, 2, 3]]);
    expect(run.runtime.now() - start).toBe(1_000);
  });

  it('ends early when the batch is full', async () => {
    const run = new LaneRun({ event: { batchSize: 3, batchWindow: 300 } });
    await run.process(3);
    expect(run.invocations).toEqual([[0, 1, 2]]);
    expect(run.runtime.sleeps).toEqual([]);
  });

  it('ends early when 6 MB are there', async () => {
    const run = new LaneRun({ event: { batchSize: 100, batchWindow: 300 } });
    await run.process(6, 'x'.repeat(MEGABYTE));
    expect(run.invocations[0]).toEqual([0, 1, 2, 3, 4]);
    expect(run.runtime.sleeps.length).toBeGreaterThan(0);
    expect(run.runtime.sleeps.length).toBeLessThan(300_000 / 20 + 10);
  });

  it('counts from the oldest record', async () => {
    const run: LaneRun = new LaneRun({
      event: { batchSize: 100, batchWindow: 1 },
      // The second record waits while the first batch runs, longer than its window.
      handler: (_places, invocation) => {
        if (invocation > 0) return;
        run.lane.push(fakeRecord({ item: 'alice', at: 1 }));
        run.runtime.pass(1_500);
        run.runtime.sleeps.length = 0;
      },
    });
    await run.process(1);
    expect(run.invocations).toEqual([[0], [1]]);
    expect(run.runtime.sleeps).toEqual([]);
  });
});
