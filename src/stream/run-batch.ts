import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import pMap from 'p-map';

/** What became of one record. `parked`: kept where it can be redriven, and done as far as the stream is concerned. */
export type RecordOutcome = { kind: 'done' } | { kind: 'parked' } | { kind: 'failed'; error: unknown };

export interface BatchReport {
  response: DynamoDBBatchResponse;
  done: number;
  parked: number;
  failed: { sequenceNumber: string; error: unknown }[];
}

const RECORDS_AT_ONCE = 10;

/**
 * Handles up to 10 records at once. Changes of one item are handled in their order, and after a failure the later changes
 * of that item are not handled.
 *
 * The checkpoint is the lowest failed sequence number: Lambda sends the batch again from there.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const runBatch = async (
  records: DynamoDBRecord[],
  handle: (record: DynamoDBRecord) => Promise<RecordOutcome>,
): Promise<BatchReport> => {
  const report: BatchReport = { response: { batchItemFailures: [] }, done: 0, parked: 0, failed: [] };
  await pMap(
    byItem(records),
    async (changes) => {
      for (const record of changes) {
        const outcome = await handle(record);
        if (outcome.kind === 'failed') {
          report.failed.push({ sequenceNumber: sequenceNumberOf(record), error: outcome.error });
          return;
        }
        report[outcome.kind] += 1;
      }
    },
    { concurrency: RECORDS_AT_ONCE },
  );
  const lowest = lowestSequenceNumber(report.failed.map(({ sequenceNumber }) => sequenceNumber));
  if (lowest !== undefined) report.response.batchItemFailures.push({ itemIdentifier: lowest });
  return report;
};

const sequenceNumberOf = (record: DynamoDBRecord): string => record.dynamodb?.SequenceNumber ?? '';

const byItem = (records: DynamoDBRecord[]): DynamoDBRecord[][] => [
  ...Map.groupBy(records, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys)).values(),
];

/** Sequence numbers have up to 40 digits, more than a number holds, and compare only within a shard. */
const lowestSequenceNumber = (numbers: string[]): string | undefined =>
  numbers.reduce<string | undefined>(
    (lowest, number) => (lowest === undefined || BigInt(number) < BigInt(lowest) ? number : lowest),
    undefined,
  );
