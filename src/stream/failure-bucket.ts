import type { DynamoDBRecord } from 'aws-lambda';
import type { StepOutcome } from '../erasure/erasure.ts';
import type { FailedRecords } from '../erasure/phases.ts';
import type { Parking } from './handler.ts';
import { parkingReason } from './parking-reason.ts';

/** Where parked records stand in the failure bucket, beside the mapping's own failed batches. */
export const PARKED_PREFIX = 'parked/';

const OBJECTS_AT_ONCE = 20;

/** Keeps a record whole, with what was wrong with it, under its own event id: parked twice, it is there once. */
export class FailureBucket implements Parking, FailedRecords {
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

  /** Parked records of a person go; from a batch that the mapping gave up, only theirs do. */
  async forget(username: string, after: string | undefined): Promise<StepOutcome> {
    if (this.#name === '') return { erased: 0 };
    const { GetObjectCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
    const s3 = new S3Client({});
    const { Contents = [], IsTruncated } = await s3.send(
      new ListObjectsV2Command({ Bucket: this.#name, StartAfter: after }),
    );
    const some = Contents.slice(0, OBJECTS_AT_ONCE);
    let erased = 0;
    for (const { Key } of some) {
      if (Key === undefined) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: this.#name, Key }));
      const text = (await Body?.transformToString()) ?? '';
      const left = withoutRecordsOf(text, username);
      if (left === text) continue;
      await this.#replace(Key, left);
      erased++;
    }
    return { erased, next: IsTruncated || Contents.length > some.length ? some.at(-1)?.Key : undefined };
  }

  async #replace(Key: string, body: string | undefined): Promise<void> {
    const { DeleteObjectCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const place = { Bucket: this.#name, Key };
    await new S3Client({}).send(
      body === undefined ? new DeleteObjectCommand(place) : new PutObjectCommand({ ...place, Body: body }),
    );
  }
}

/** What is kept of an object; undefined when nothing is. One that can't be read and names the person goes as well. */
export const withoutRecordsOf = (text: string, username: string): string | undefined => {
  // As a whole value, or as a part of a key.
  const isNamed = (json: string) => json.includes(`"${username}"`) || new RegExp(`#${username}(?:#|")`).test(json);
  if (!isNamed(text)) return text;
  const object = parsed(text);
  const Records = object?.payload?.Records?.filter((record) => !isNamed(JSON.stringify(record)));
  if (!Records || Records.length === 0) return undefined;
  return JSON.stringify({ ...object, payload: { ...object?.payload, Records } });
};

const parsed = (text: string): { payload?: { Records?: unknown[] } } | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
