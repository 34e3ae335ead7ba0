import type { DynamoDBRecord } from 'aws-lambda';
import type { StepOutcome } from '../erasure/erasure.ts';
import type { FailedRecords } from '../erasure/phases.ts';
import { lazyS3, type S3 } from '../s3/lazy-s3.ts';
import { type FailedObjects, forgetIn } from './failed-objects.ts';
import type { Parking } from './handler.ts';
import { parkingReason } from './parking-reason.ts';

/** The prefix of parked records in the failure bucket, which also holds the mapping's failed batches. */
export const PARKED_PREFIX = 'parked/';

const OBJECTS_AT_ONCE = 20;

interface Dependencies {
  name: string;
  now: () => number;
}

/** Keeps a record whole, with what was wrong with it, under its own event id: parked twice, it is there once. */
export class FailureBucket implements Parking, FailedRecords {
  readonly #name: string;
  readonly #now: () => number;
  readonly #s3 = lazyS3();

  constructor({ name, now }: Dependencies) {
    this.#name = name;
    this.#now = now;
  }

  async park(record: DynamoDBRecord, error: unknown): Promise<void> {
    const { client, PutObjectCommand } = await this.#s3();
    const body = {
      parkedAt: new Date(this.#now()).toISOString(),
      error: parkingReason(error),
      record,
    };
    const Key = `${PARKED_PREFIX}${record.eventID ?? record.dynamodb?.SequenceNumber ?? 'unknown'}.json`;
    await client.send(
      new PutObjectCommand({ Bucket: this.#name, Key, Body: JSON.stringify(body), ContentType: 'application/json' }),
    );
    console.error(JSON.stringify({ message: 'parked', key: Key, error: body.error }));
  }

  /** Parked records of a person go; from a batch that the mapping gave up, only theirs do. */
  async forget(username: string, after: string | undefined): Promise<StepOutcome> {
    if (this.#name === '') return { erased: 0 };
    return forgetIn(objectsOf(this.#name, await this.#s3()), username, after);
  }
}

/** An ETag names what is stored; where the endpoint gives none, the last one to write wins. */
export const objectsOf = (Bucket: string, s3: S3): FailedObjects => {
  const { client, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } = s3;
  return {
    async list(after) {
      const { Contents = [], IsTruncated } = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: after }));
      const keys = Contents.flatMap(({ Key }) => Key ?? []);
      const some = keys.slice(0, OBJECTS_AT_ONCE);
      return { keys: some, hasMore: IsTruncated === true || keys.length > some.length };
    },

    async get(Key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return { text: (await Body?.transformToString()) ?? '', version: ETag };
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },

    async replace(Key, Body, IfMatch) {
      try {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, IfMatch }));
        return { kind: 'replaced' };
      } catch (error) {
        if (NOT_THE_SAME.has(statusOf(error))) return { kind: 'changed' };
        throw error;
      }
    },

    async delete(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
};

/**
 * Deleted, replaced at the same time, replaced before.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
const NOT_THE_SAME: ReadonlySet<number | undefined> = new Set([404, 409, 412]);

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
