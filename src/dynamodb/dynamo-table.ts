import type { WriteRequest } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { AdaptiveRateLimiter, type RateLimiterRuntime } from '../runtime/adaptive-rate-limiter.ts';
import { backoff } from '../runtime/backoff.ts';
import { realRuntime } from '../runtime/runtime.ts';
import { isTransient } from '../runtime/transient.ts';
import {
  type BatchOptions,
  type Item,
  type Key,
  type Query,
  type ReadOptions,
  type Table,
  TableBusyError,
  type Write,
  type WriteOptions,
  type WriteOutcome,
} from '../table/table.ts';
import { type Attributes, toAttributes, toItem } from './attributes.ts';
import type { DynamoDb } from './dynamo-db.ts';
import { queryRequest } from './expressions.ts';
import { MeteredDynamoDb } from './metered-dynamo-db.ts';
import { refusedWrites, transact, writeOne } from './writes.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html: 25 a request. */
const BATCH_WRITE_LIMIT = 25;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html: 100 a request. */
const BATCH_GET_LIMIT = 100;
const BATCHES_AT_ONCE = 8;
const ATTEMPTS = 12;
/**
 * Waits of 2.6 seconds together at most: a request has ten, and in the stream function the reads of other records wait behind a
 * batch, of which one throttled partition may hold a single key.
 */
const READ_ATTEMPTS = 8;
/** A transaction that is in the way is over in milliseconds: all waits for one are up to three seconds together. */
const BASE_MS = 20;
const CONFLICT_MS = 400;

/** How long a batch is retried when its caller gives no deadline, in milliseconds. */
const BATCH_MS = 10_000;

interface Dependencies {
  dynamoDb: DynamoDb;
  /** The table's name. */
  name: string;
  runtime?: RateLimiterRuntime;
  /** A client without retries of its own: this class retries what a batch leaves unprocessed, at the rate that the table takes. */
  batches?: DynamoDb;
  /** What one environment may write in batches at most; 0: as fast as the table takes them. */
  writesPerSecond?: number;
}

const chunks = <T>(list: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));

/** Calls with each chunk of a list. Most lists are one chunk. */
const mapChunks = async <T, Result>(
  list: T[],
  size: number,
  call: (chunk: T[]) => Promise<Result>,
): Promise<Result[]> => {
  if (list.length > size) return pMap(chunks(list, size), call, { concurrency: BATCHES_AT_ONCE });
  return list.length > 0 ? [await call(list)] : [];
};

/** The table in DynamoDB. */
export class DynamoTable implements Table {
  readonly #dynamoDb: DynamoDb;
  readonly #batches: DynamoDb;
  readonly #name: string;
  readonly #runtime: RateLimiterRuntime;
  readonly #rateLimiter: AdaptiveRateLimiter;

  constructor({ dynamoDb, name, runtime = realRuntime, batches = dynamoDb, writesPerSecond = 0 }: Dependencies) {
    this.#dynamoDb = new MeteredDynamoDb(dynamoDb);
    this.#batches = new MeteredDynamoDb(batches);
    this.#name = name;
    this.#runtime = runtime;
    this.#rateLimiter = new AdaptiveRateLimiter({ runtime, maxPerSecond: writesPerSecond });
  }

  get writesPerSecond(): number {
    return this.#rateLimiter.rate;
  }

  async get<T extends Item>(key: Key, { consistent = false }: ReadOptions = {}): Promise<T | undefined> {
    const { Item } = await this.#dynamoDb.call('GetItem', {
      TableName: this.#name,
      Key: toAttributes(key),
      ConsistentRead: consistent,
    });
    return Item && toItem<T>(Item);
  }

  async batchGet<T extends Item>(keys: Key[], { consistent = false }: ReadOptions = {}): Promise<T[]> {
    // DynamoDB refuses a request that names one key twice.
    const distinct = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
    const pages = await mapChunks(distinct, BATCH_GET_LIMIT, async (chunk) => {
      const found: T[] = [];
      await this.#untilDone(chunk.map(toAttributes), async (Keys) => {
        const answer = await this.#dynamoDb.call('BatchGetItem', {
          RequestItems: { [this.#name]: { Keys, ConsistentRead: consistent } },
        });
        for (const item of answer.Responses?.[this.#name] ?? []) found.push(toItem<T>(item));
        return answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
      });
      return found;
    });
    return pages.flat();
  }

  async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    const { ExclusiveStartKey, ...request } = queryRequest(query);
    const items: T[] = [];
    let start: Attributes | undefined = ExclusiveStartKey;
    do {
      const left = query.limit === undefined ? undefined : query.limit - items.length;
      const page: { Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined } =
        await this.#dynamoDb.call('Query', {
          TableName: this.#name,
          ...request,
          Limit: left,
          ExclusiveStartKey: start,
        });
      for (const item of page.Items ?? []) items.push(toItem<T>(item));
      start = page.LastEvaluatedKey;
    } while (start && (query.limit === undefined || items.length < query.limit));
    return items;
  }

  async write(writes: Write[], { attempts = ATTEMPTS }: WriteOptions = {}): Promise<WriteOutcome> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await this.#runtime.sleep(backoff(attempt - 1, this.#runtime.random(), BASE_MS, CONFLICT_MS));
      try {
        const [only] = writes;
        if (writes.length === 1 && only && !('check' in only)) await writeOne(this.#dynamoDb, this.#name, only);
        else await transact(this.#dynamoDb, this.#name, writes);
        return { kind: 'written' };
      } catch (error) {
        const refused = refusedWrites(error);
        if (refused === undefined) throw error;
        if (refused.length > 0) return { kind: 'refused', refused };
      }
    }
    throw new TableBusyError(`The write met conflicting transactions in ${attempts} tries`);
  }

  async batchWrite(writes: ({ put: Item } | { delete: Key })[], { deadline }: BatchOptions = {}): Promise<void> {
    const requests = writes.map(
      (write): WriteRequest =>
        'put' in write
          ? { PutRequest: { Item: toAttributes(write.put) } }
          : { DeleteRequest: { Key: toAttributes(write.delete) } },
    );
    const endsAt = deadline ?? this.#runtime.now() + BATCH_MS;
    const left = await mapChunks(requests, BATCH_WRITE_LIMIT, (chunk) => this.#writeChunk(chunk, endsAt));
    const count = left.reduce((sum, some) => sum + some, 0);
    if (count > 0) throw new TableBusyError(`${count} of ${writes.length} writes were left at the deadline`);
  }

  /** Sends what is left of a chunk again, at the rate that the table takes. @returns how many are left at the deadline */
  async #writeChunk(chunk: WriteRequest[], deadline: number): Promise<number> {
    let left = chunk;
    for (let attempt = 0; left.length > 0; ) {
      const part = left.slice(0, this.#rateLimiter.portion);
      if ((await this.#rateLimiter.acquire(part.length, deadline)) === 'late') return left.length;
      const unwritten = await this.#sendChunk(part);
      this.#rateLimiter.written(part.length - unwritten.length);
      left = [...unwritten, ...left.slice(part.length)];
      if (unwritten.length === 0) continue;
      this.#rateLimiter.throttled();
      await this.#runtime.sleep(backoff(attempt++, this.#runtime.random()));
    }
    return 0;
  }

  /** @returns what was not written */
  async #sendChunk(batch: WriteRequest[]): Promise<WriteRequest[]> {
    try {
      const answer = await this.#batches.call('BatchWriteItem', { RequestItems: { [this.#name]: batch } });
      return answer.UnprocessedItems?.[this.#name] ?? [];
    } catch (error) {
      if (isTransient(error)) return batch;
      throw error;
    }
  }

  async *scan(after?: Key): AsyncIterable<Item> {
    let start: Attributes | undefined = after && toAttributes({ pk: after.pk, sk: after.sk });
    do {
      const page: { Items?: Attributes[] | undefined; LastEvaluatedKey?: Attributes | undefined } =
        await this.#dynamoDb.call('Scan', { TableName: this.#name, ExclusiveStartKey: start, ConsistentRead: true });
      for (const item of page.Items ?? []) yield toItem<Item>(item);
      start = page.LastEvaluatedKey;
    } while (start);
  }

  /** Sends what a batch call leaves unprocessed again, with backoff, until nothing is left. */
  async #untilDone<T>(batch: T[], send: (batch: T[]) => Promise<T[]>): Promise<void> {
    let left = batch;
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.#runtime.sleep(backoff(attempt - 1, this.#runtime.random()));
      left = await send(left);
      if (left.length === 0) return;
    }
    throw new TableBusyError(`${left.length} of a batch stayed unprocessed after ${READ_ATTEMPTS} tries`);
  }
}
