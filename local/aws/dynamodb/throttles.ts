import type { Admission, Charge } from './types.ts';

/** Units a second; a simulation scales them down. */
export interface Throughput {
  /** A new on-demand table starts with 4,000 writes and 12,000 reads a second, and so does each index. */
  tableWrites: number;
  tableReads: number;
  /** One partition key takes 1,000 writes and 3,000 reads a second, in the table and in each index. */
  partitionWrites: number;
  partitionReads: number;
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export const ON_DEMAND: Throughput = {
  tableWrites: 4_000,
  tableReads: 12_000,
  partitionWrites: 1_000,
  partitionReads: 3_000,
};

interface Bucket {
  tokens: number;
  at: number;
}

/** One kind of units of a table or an index: a bucket for the whole, and one for each of its partition keys. */
interface Buckets {
  whole: Bucket;
  partitions: Map<string, Bucket>;
  /** Units a second. */
  wholeRate: number;
  partitionRate: number;
}

/** Full buckets are forgotten when one table or index has so many. */
const MAX_BUCKETS = 10_000;

/**
 * A bucket of tokens for each table, each index, and each of their partition keys. A bucket holds one second's units at most.
 * A request passes while every bucket that it needs holds anything: DynamoDB learns an item's size only by reading it, so a
 * large one may leave a debt, which later requests wait for.
 */
export class Throttles {
  readonly #throughput: Throughput;
  /** By table and index; '' is the table itself. Texts that were put together would have to be hashed for every request. */
  readonly #tables = { read: new Map<string, Map<string, Buckets>>(), write: new Map<string, Map<string, Buckets>>() };

  constructor(throughput: Throughput = ON_DEMAND) {
    this.#throughput = throughput;
  }

  /**
   * Takes all of a request's units, or none. A throttled index throttles the write to its table.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
   */
  take(charges: Charge[], now: number): Admission {
    const needed: { bucket: Bucket; units: number }[] = [];
    for (const { tableName, indexName, isLocal, partition, kind, units } of charges) {
      const { whole, partitions, wholeRate, partitionRate } = this.#buckets(
        kind,
        tableName,
        (!isLocal && indexName) || '',
        now,
      );
      fill(whole, wholeRate, now);
      if (whole.tokens <= 0) return { kind: 'throttled', indexName };
      needed.push({ bucket: whole, units });
      if (partition === undefined) continue;
      const part = partitions.get(partition) ?? fresh(partitions, partition, partitionRate, now);
      fill(part, partitionRate, now);
      if (part.tokens <= 0) return { kind: 'throttled', indexName };
      needed.push({ bucket: part, units });
    }
    for (const { bucket, units } of needed) bucket.tokens -= units;
    return { kind: 'admitted' };
  }

  /** How many buckets are remembered. */
  get size(): number {
    const indexes = Object.values(this.#tables).flatMap((tables) =>
      [...tables.values()].flatMap((all) => [...all.values()]),
    );
    return indexes.reduce((sum, { partitions }) => sum + 1 + partitions.size, 0);
  }

  #buckets(kind: Charge['kind'], tableName: string, indexName: string, now: number): Buckets {
    const known = this.#tables[kind].get(tableName)?.get(indexName);
    if (known) return known;
    const { tableWrites, tableReads, partitionWrites, partitionReads } = this.#throughput;
    const [wholeRate, partitionRate] = kind === 'write' ? [tableWrites, partitionWrites] : [tableReads, partitionReads];
    const added = { whole: { tokens: wholeRate, at: now }, partitions: new Map(), wholeRate, partitionRate };
    const indexes = this.#tables[kind].get(tableName) ?? new Map<string, Buckets>();
    this.#tables[kind].set(tableName, indexes.set(indexName, added));
    return added;
  }
}

const fill = (bucket: Bucket, rate: number, now: number): void => {
  bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) * rate) / 1_000);
  bucket.at = now;
};

const fresh = (partitions: Map<string, Bucket>, partition: string, rate: number, now: number): Bucket => {
  if (partitions.size >= MAX_BUCKETS) forget(partitions, now);
  const bucket = { tokens: rate, at: now };
  partitions.set(partition, bucket);
  return bucket;
};

/** A bucket that nobody has asked for in the last second is full again, unless it had a debt. */
const forget = (partitions: Map<string, Bucket>, now: number): void => {
  for (const [name, { at, tokens }] of partitions) if (tokens >= 0 && at < now - 1_000) partitions.delete(name);
};
