import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type RecordOutcome, runBatch } from '../../../src/stream/run-batch.ts';
import { aRecord } from '../../support/stream.ts';
import { times } from '../../support/world.ts';

const recordOf = (item: string, at: number): DynamoDBRecord => aRecord(at, { pk: item, sk: 'X', type: 'thought' });
const placeOf = (record: DynamoDBRecord): string => `${record.dynamodb?.Keys?.pk?.S} ${record.eventID}`;
const sequenceNumber = (at: number): string => String(10n ** 39n + BigInt(at));
const failed: RecordOutcome = { kind: 'failed', error: new Error('busy') };

describe('a batch', () => {
  it('without records has no failures', async () => {
    expect(await runBatch([], async () => failed)).toEqual({
      response: { batchItemFailures: [] },
      done: 0,
      parked: 0,
      failed: [],
    });
  });

  it('takes the changes of an item in their order, and waits for each', async () => {
    const records = times(30, (at) => recordOf(`item${at % 3}`, at));
    const log: string[] = [];
    await runBatch(records, async (record) => {
      log.push(`start ${placeOf(record)}`);
      await Promise.resolve();
      log.push(`end ${placeOf(record)}`);
      return { kind: 'done' };
    });
    for (const item of ['item0', 'item1', 'item2']) {
      const own = records.filter((record) => placeOf(record).startsWith(item));
      const expected = own.flatMap((record) => [`start ${placeOf(record)}`, `end ${placeOf(record)}`]);
      expect(log.filter((line) => line.includes(item))).toEqual(expected);
    }
  });

  it('takes ten items side by side, and no more', async () => {
    const gate = Promise.withResolvers<RecordOutcome>();
    let started = 0;
    const running = runBatch(
      times(50, (at) => recordOf(`item${at}`, at)),
      (record) => {
        started += 1;
        return record.eventID === 'event-49' ? Promise.resolve({ kind: 'done' }) : gate.promise;
      },
    );
    await expect.poll(() => started).toBeGreaterThanOrEqual(10);
    expect(started).toBe(10);
    gate.resolve({ kind: 'done' });
    expect((await running).done).toBe(50);
  });

  it('delays only the records of the same item when one takes long', async () => {
    const { promise, resolve } = Promise.withResolvers<RecordOutcome>();
    const done: string[] = [];
    const running = runBatch(
      [recordOf('slow', 1), recordOf('slow', 2), ...times(20, (at) => recordOf(`item${at}`, 10 + at))],
      (record) => {
        if (record.eventID === 'event-1') return promise;
        done.push(placeOf(record));
        return Promise.resolve({ kind: 'done' });
      },
    );
    await expect.poll(() => done.length).toBe(20);
    resolve({ kind: 'done' });
    expect((await running).done).toBe(22);
    expect(done.at(-1)).toBe('slow event-2');
  });

  it('is sent again from the lowest number that failed, though the numbers are longer than a number holds', async () => {
    const records = [...times(20, (at) => recordOf(`item${at}`, at))].reverse();
    const { response, done } = await runBatch(records, async ({ eventID }) =>
      eventID === 'event-7' || eventID === 'event-8' || eventID === 'event-19' ? failed : { kind: 'done' },
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(7) }] });
    expect(done).toBe(17);
  });

  it('compares numbers, not texts', async () => {
    const records = ['100', '99'].map((number, at): DynamoDBRecord => {
      const record = recordOf(`item${at}`, at);
      return { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: number } };
    });
    const { response } = await runBatch(records, async () => failed);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: '99' }]);
  });

  it('runs no later change of an item whose change failed', async () => {
    const seen: string[] = [];
    const records = [recordOf('a', 1), recordOf('b', 2), recordOf('a', 3), recordOf('b', 4)];
    const report = await runBatch(records, async (record) => {
      seen.push(placeOf(record));
      return record.eventID === 'event-1' ? failed : { kind: 'done' };
    });
    expect(seen.sort()).toEqual(['a event-1', 'b event-2', 'b event-4']);
    expect(report).toMatchObject({ done: 2, failed: [{ sequenceNumber: sequenceNumber(1) }] });
  });

  it("continues with the item's later changes after one was parked", async () => {
    const report = await runBatch([recordOf('a', 1), recordOf('a', 2)], async ({ eventID }) =>
      eventID === 'event-1' ? { kind: 'parked' } : { kind: 'done' },
    );
    expect(report).toEqual({ response: { batchItemFailures: [] }, done: 1, parked: 1, failed: [] });
  });
});
