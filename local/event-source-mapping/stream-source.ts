import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { RecordSignal } from './record-signal.ts';
import { type StreamRecord, toLambdaRecord } from './records.ts';

export interface Shard {
  id: string;
  parent?: string | undefined;
}

/** Where to begin in a shard. */
export type Position =
  | { kind: 'TRIM_HORIZON' }
  | { kind: 'LATEST' }
  | { kind: 'at'; sequenceNumber: string }
  | { kind: 'after'; sequenceNumber: string };

const ITERATOR_TYPES = {
  TRIM_HORIZON: 'TRIM_HORIZON',
  LATEST: 'LATEST',
  at: 'AT_SEQUENCE_NUMBER',
  after: 'AFTER_SEQUENCE_NUMBER',
} as const;

export type IteratorOutcome = { kind: 'iterator'; iterator: string } | { kind: 'trimmed' };
export type ReadOutcome =
  /** `next` is absent at the end of a closed shard. */
  { kind: 'records'; records: StreamRecord[]; next?: string | undefined } | { kind: 'expired' } | { kind: 'trimmed' };

/** A stream, as the mapping reads it. Tests bring their own, with splits and faults. */
export interface StreamSource {
  readonly arn: string;
  shards(): Promise<Shard[]>;
  iterator(shard: string, position: Position): Promise<IteratorOutcome>;
  read(iterator: string): Promise<ReadOutcome>;
  /** Resolves when a read might bring something, or when it is aborted: whoever knows that spares reads in vain. */
  untilNews?(iterator: string, signal: AbortSignal): Promise<void>;
}

export interface DynamoStreamOptions {
  /** Adds fields to a record that the engine leaves out. */
  mend?: ((record: StreamRecord) => StreamRecord) | undefined;
  /** RecordSignal of an engine in this process; without them the stream is polled. */
  announcements?: RecordSignal | undefined;
}

/** A stream of DynamoDB or of DynamoDB Local. */
export class DynamoStreamSource implements StreamSource {
  readonly arn: string;
  readonly #client: DynamoDBStreamsClient;
  readonly #options: DynamoStreamOptions;
  /** For the iterator of the next read: the number of announcements before the last read began. */
  readonly #announced = new Map<string, number>();
  readonly untilNews?: (iterator: string, signal: AbortSignal) => Promise<void>;

  constructor(client: DynamoDBStreamsClient, arn: string, options: DynamoStreamOptions = {}) {
    this.#client = client;
    this.arn = arn;
    this.#options = options;
    const { announcements } = options;
    if (announcements) {
      this.untilNews = (iterator, signal) => announcements.moreThan(this.#announced.get(iterator) ?? -1, signal);
    }
  }

  async shards(): Promise<Shard[]> {
    const shards: Shard[] = [];
    let start: string | undefined;
    do {
      const { StreamDescription } = await this.#client.send(
        new DescribeStreamCommand({ StreamArn: this.arn, ExclusiveStartShardId: start }),
      );
      for (const { ShardId, ParentShardId } of StreamDescription?.Shards ?? []) {
        if (ShardId) shards.push({ id: ShardId, parent: ParentShardId });
      }
      start = StreamDescription?.LastEvaluatedShardId;
    } while (start);
    return shards;
  }

  async iterator(shard: string, position: Position): Promise<IteratorOutcome> {
    try {
      const { ShardIterator = '' } = await this.#client.send(
        new GetShardIteratorCommand({
          StreamArn: this.arn,
          ShardId: shard,
          ShardIteratorType: ITERATOR_TYPES[position.kind],
          ...('sequenceNumber' in position && { SequenceNumber: position.sequenceNumber }),
        }),
      );
      return { kind: 'iterator', iterator: ShardIterator };
    } catch (error) {
      if (error instanceof TrimmedDataAccessException) return { kind: 'trimmed' };
      throw error;
    }
  }

  async read(iterator: string): Promise<ReadOutcome> {
    const { mend, announcements } = this.#options;
    const announced = announcements?.count;
    try {
      const { Records = [], NextShardIterator } = await this.#client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }),
      );
      const read = Records.map((record) => toLambdaRecord(record, this.arn));
      const records = mend ? read.map(mend) : read;
      this.#announced.delete(iterator);
      if (announced !== undefined && NextShardIterator) this.#announced.set(NextShardIterator, announced);
      return { kind: 'records', records, next: NextShardIterator };
    } catch (error) {
      if (error instanceof ExpiredIteratorException) return { kind: 'expired' };
      if (error instanceof TrimmedDataAccessException) return { kind: 'trimmed' };
      throw error;
    }
  }
}
