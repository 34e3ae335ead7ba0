import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

const PARKED_PREFIX = 'parked/';

/** One object of the failure bucket: a parked record, or a batch that the event source mapping gave up. */
export interface Failure {
  key: string;
  kind: 'parked' | 'batch';
  /** When it was put there. */
  at: Date;
}

/** A failure with all that can be run again. */
export interface FailureContent {
  reason: string;
  records: unknown[];
}

export type RedriveOutcome = { kind: 'done' } | { kind: 'failed'; reason: string };

interface Parked {
  error: { name?: string; message: string };
  record: unknown;
}

interface GivenUp {
  requestContext: { condition: string };
  payload: string;
}

/** What failed for good, and the function that may do better now. */
export class Failures {
  readonly #s3: S3Client;
  readonly #lambda: LambdaClient;
  readonly #bucket: string;
  readonly #functionName: string;

  constructor(s3: S3Client, lambda: LambdaClient, bucket: string, functionName: string) {
    this.#s3 = s3;
    this.#lambda = lambda;
    this.#bucket = bucket;
    this.#functionName = functionName;
  }

  /** The oldest first. */
  async list(): Promise<Failure[]> {
    const found: Failure[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket })) {
      for (const { Key = '', LastModified = new Date(0) } of Contents) {
        found.push({ key: Key, kind: Key.startsWith(PARKED_PREFIX) ? 'parked' : 'batch', at: LastModified });
      }
    }
    return found.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  async read(key: string): Promise<FailureContent> {
    const body: unknown = JSON.parse(await this.#text(key));
    if (key.startsWith(PARKED_PREFIX)) {
      const { error, record } = body as Parked;
      return { reason: `${error.name ?? 'Error'}: ${error.message}`, records: [record] };
    }
    const { requestContext, payload } = body as GivenUp;
    const { Records } = JSON.parse(payload) as { Records: unknown[] };
    return { reason: requestContext.condition, records: Records };
  }

  /** Runs a failure again, and takes it away if that succeeded. A record that is parked anew stays. */
  async redrive(key: string): Promise<RedriveOutcome> {
    const before = await this.#text(key);
    const { records } = await this.read(key);
    const answer = await this.#lambda.send(
      new InvokeCommand({
        FunctionName: this.#functionName,
        Payload: Buffer.from(JSON.stringify({ Records: records })),
      }),
    );
    const payload = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError) return { kind: 'failed', reason: payload };
    const { batchItemFailures = [], errorMessage } = (JSON.parse(payload || 'null') ?? {}) as {
      batchItemFailures?: unknown[];
      errorMessage?: string;
    };
    if (errorMessage !== undefined) return { kind: 'failed', reason: errorMessage };
    if (batchItemFailures.length > 0) return { kind: 'failed', reason: 'The function reported it as failed again' };
    if ((await this.#text(key)) !== before) return { kind: 'failed', reason: 'It was parked again' };
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    return { kind: 'done' };
  }

  async #text(key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }
}
