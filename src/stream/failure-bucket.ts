import type { DynamoDBRecord } from 'aws-lambda';
import type { Parking } from './handler.ts';
import { parkingReason } from './parking-reason.ts';

/** Where parked records stand in the failure bucket, beside the mapping's own failed batches. */
export const PARKED_PREFIX = 'parked/';

/** Keeps a record whole, with what was wrong with it, under its own event id: parked twice, it is there once. */
export class FailureBucket implements Parking {
  readonly #name: string;
  readonly #now: () => number;

  constructor(name: string, now: () => number) {
    this.#name = name;
    this.#now = now;
  }

  async park(record: DynamoDBRecord, error: unknown): Promise<void> {
    // Load S3 only when a record is parked: most invocations never need it.
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const body = {
      parkedAt: new Date(this.#now()).toISOString(),
      error: parkingReason(error),
      record,
    };
    const Key = `${PARKED_PREFIX}${record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unknown'}.json`;
    await new S3Client({}).send(
      new PutObjectCommand({ Bucket: this.#name, Key, Body: JSON.stringify(body), ContentType: 'application/json' }),
    );
    console.error(JSON.stringify({ message: 'parked', key: Key, error: body.error }));
  }
}
