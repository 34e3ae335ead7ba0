import { describe, expect, it } from 'vitest';
import { fakeRecord, STREAM_ARN } from '../../support/fake-stream.ts';
import { failed, keptObjects, LaneRun, placesIn } from '../../support/lane-run.ts';

const crash = () => {
  throw new Error('crashed');
};

describe('exhausted retries', () => {
  it('send the batch to the destination, in the shape that Lambda gives an object in S3', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({ event: { maximumRetryAttempts: 2 }, handler: crash, destination });
    await run.process(2);
    expect(run.invocations).toHaveLength(3);
    const [object] = objects;
    expect(object?.body).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^id-\d+$/),
        functionArn: 'arn:aws:lambda:local:000000000000:function:stream',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: new Date(run.runtime.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: 'shard-1',
        startSequenceNumber: '100000000000000000000',
        endSequenceNumber: '100000000000000000001',
        approximateArrivalOfFirstRecord: '2026-01-02T03:04:05Z',
        approximateArrivalOfLastRecord: '2026-01-02T03:04:06Z',
        batchSize: 2,
        streamArn: STREAM_ARN,
      },
      payload: expect.any(String),
    });
    expect(object?.key).toMatch(/^aws\/lambda\/stream\/shard-1\/2026\/01\/02\/2026-01-02T03\.04\.\d\d-id-\d+$/);
  });

  it('keep the whole records in the payload, so that they can be redriven', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({ event: { maximumRetryAttempts: 0 }, handler: crash, destination });
    await run.process(2, 'ünï');
    const records = [0, 1].map((at) => fakeRecord({ item: 'alice', at, text: 'ünï' }));
    expect(JSON.parse(objects[0]?.body.payload ?? '')).toEqual({ Records: records });
  });

  it('count as done, and what is behind goes on', async () => {
    const run = new LaneRun({
      event: { batchSize: 2, maximumRetryAttempts: 1 },
      handler: (places) => (places.includes(0) ? crash() : undefined),
      destination: keptObjects().destination,
    });
    await run.process(4);
    expect(run.invocations).toEqual([
      [0, 1],
      [0, 1],
      [2, 3],
    ]);
    expect(run.done).toEqual([0, 1, 2, 3]);
  });

  it('come of reported failures too, with only what was not done', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({
      event: { maximumRetryAttempts: 1 },
      handler: () => failed(1),
      destination,
    });
    await run.process(3);
    expect(objects.map(({ body }) => placesIn(body))).toEqual([[1, 2]]);
    expect(run.invocations).toEqual([
      [0, 1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('are only reported without a destination', async () => {
    const run = new LaneRun({ event: { maximumRetryAttempts: 0 }, handler: crash });
    await run.process(2);
    expect(run.reports).toContain('2 records were given up: RetryAttemptsExhausted');
    expect(run.done).toEqual([0, 1]);
  });
});

describe('the age of records', () => {
  it('sends those that are too old to the destination without another try', async () => {
    const { objects, destination } = keptObjects();
    const run: LaneRun = new LaneRun({
      event: { maximumRecordAgeInSeconds: 60 },
      handler: () => {
        run.runtime.pass(61_000);
        return crash();
      },
      destination,
    });
    await run.process(2);
    expect(run.invocations).toHaveLength(1);
    expect(objects.map(({ body }) => [placesIn(body), body.requestContext.condition])).toEqual([
      [[0, 1], 'RecordAgeExceeded'],
    ]);
    expect(run.done).toEqual([0, 1]);
  });

  it('ends retries that would go on for ever', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({ event: { maximumRecordAgeInSeconds: 60 }, handler: crash, destination });
    const start = run.runtime.now();
    await run.process(1);
    expect(objects).toHaveLength(1);
    expect(run.runtime.now() - start).toBeGreaterThan(60_000);
  });

  it('takes only the old ones out of a batch', async () => {
    const { objects, destination } = keptObjects();
    const run = new LaneRun({ event: { maximumRecordAgeInSeconds: 60 }, destination });
    run.push(1);
    run.runtime.pass(61_000);
    run.lane.push(fakeRecord({ item: 'alice', at: 1 }));
    await run.lane.idle();
    expect(objects.map(({ body }) => placesIn(body))).toEqual([[0]]);
    expect(run.invocations).toEqual([[1]]);
  });

  it('does not matter without a limit', async () => {
    const run = new LaneRun();
    run.push(1);
    run.runtime.pass(10 * 24 * 3_600_000);
    await run.lane.idle();
    expect(run.invocations).toEqual([[0]]);
  });
});

describe('a destination that fails', () => {
  it('is tried again until it works, and only then are the records done', async () => {
    const { objects, destination, attempts } = keptObjects({ failures: 3 });
    const run = new LaneRun({ event: { maximumRetryAttempts: 0 }, handler: crash, destination });
    const doneWhileFailing: number[] = [];
    run.runtime.onSleep = () => doneWhileFailing.push(run.done.length);
    await run.process(1);
    expect({ objects: objects.length, attempts: attempts() }).toEqual({ objects: 1, attempts: 4 });
    expect(doneWhileFailing).toEqual([0, 0, 0]);
    expect(run.done).toEqual([0]);
    expect(run.reports).toContain("The failure destination can't be reached, trying again: Error: SlowDown");
  });

  it('leaves its records undone when the mapping stops', async () => {
    const { destination } = keptObjects({ failures: Number.POSITIVE_INFINITY });
    const run = new LaneRun({ event: { maximumRetryAttempts: 0 }, handler: crash, destination });
    run.runtime.onSleep = () => {
      run.isStopped = true;
    };
    await run.process(1);
    expect(run.done).toEqual([]);
  });
});
