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

/** Full buckets are forgotten when there are so many. */
const MAX_BUCKETS = 10_000;

/**
 * A bucket of tokens for each table, each index, and each of their partition keys. A bucket holds one second's units at most.
 * A request passes while every bucket that it needs holds anything: DynamoDB learns an item's size only by reading it, so a
 * large one may leave a debt, which later requests wait for.
 */
export class Throttles {
  readonly #throughput: Throughput;
  readonly #buckets = new Map<string, Bucket>();

  constructor(throughput: Throughput = ON_DEMAND) {
    this.#throughput = throughput;
  }

  /**
   * Takes all of a request's units, or none. A throttled index throttles the write to its table.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
   */
  take(charges: Charge[], now: number): Admission {
    const { tableWrites, tableReads, partitionWrites, partitionReads } = this.#throughput;
    const needed: { bucket: Bucket; units: number }[] = [];
    for (const { tableName, indexName, partition, kind, units } of charges) {
      const name = `${kind}\0${tableName}\0${indexName ?? ''}`;
      const whole = this.#bucket(name, kind === 'write' ? tableWrites : tableReads, now);
      if (whole.tokens <= 0) return { kind: 'throttled', indexName };
      needed.push({ bucket: whole, units });
      if (partition === undefined) continue;
      const part = this.#bucket(`${name}\0${partition}`, kind === 'write' ? partitionWrites : partitionReads, now);
      if (part.tokens <= 0) return { kind: 'throttled', indexName };
      needed.push({ bucket: part, units });
    }
    for (const { bucket, units } of needed) bucket.tokens -= units;
    return { kind: 'admitted' };
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucket(name: string, rate: number, now: number): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket) {
      bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) * rate) / 1_000);
      bucket.at = now;
      return bucket;
    }
    if (this.#buckets.size >= MAX_BUCKETS) this.#forget(now);
    const fresh = { tokens: rate, at: now };
    this.#buckets.set(name, fresh);
    return fresh;
  }

  /** A bucket that nobody has asked for in the last second is full again, unless it had a debt. */
  #forget(now: number): void {
    for (const [name, { at, tokens }] of this.#buckets) if (tokens >= 0 && at < now - 1_000) this.#buckets.delete(name);
  }
}
