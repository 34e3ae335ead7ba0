import type { StreamRecord } from './records.ts';

export type Discarded = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface FailedBatch {
  records: StreamRecord[];
  shard: string;
  condition: Discarded;
  invocations: number;
  error: string;
}

/** Where batches go that the mapping gives up. */
export type Destination = (object: { key: string; body: string }) => Promise<void>;

/**
 * The object that Lambda would write to an S3 destination: a summary, and the whole event as a string in `payload`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const failureObject = (
  { records, shard, condition, invocations, error }: FailedBatch,
  { functionName, now, newId }: { functionName: string; now: number; newId: () => string },
): { key: string; body: string } => {
  const time = new Date(now).toISOString();
  const first = records[0];
  const last = records.at(-1);
  const arrival = (record: StreamRecord | undefined) =>
    `${new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString().slice(0, 19)}Z`;
  const body = {
    requestContext: {
      requestId: newId(),
      functionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: error },
    version: '1.0',
    timestamp: time,
    DDBStreamBatchInfo: {
      shardId: shard,
      startSequenceNumber: first?.dynamodb.SequenceNumber,
      endSequenceNumber: last?.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: first?.eventSourceARN,
    },
    payload: JSON.stringify({ Records: records }),
  };
  const [day = ''] = time.split('T');
  const stamp = time.slice(0, 19).replaceAll(':', '.');
  const key = `aws/lambda/${functionName}/${shard}/${day.replaceAll('-', '/')}/${stamp}-${newId()}`;
  return { key, body: JSON.stringify(body) };
};
