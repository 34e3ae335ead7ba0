import type { KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { StreamViewType } from '../dynamodb/types.ts';
import { type KeptRecord, RecordQueue } from './record-queue.ts';

export interface StreamLimits {
  /** Records are kept for so long. AWS: 24 hours. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
  retentionMs: number;
  /** The oldest records go earlier when all together have more bytes. AWS knows no such bound. */
  maxSize: number;
  /** A shard is closed after so long, and a child goes on. AWS: about 4 hours. */
  shardMs: number;
  /** A shard is closed after so many records as well. AWS splits by throughput. */
  recordsPerShard: number;
}

export const DEFAULT_LIMITS: StreamLimits = {
  retentionMs: 24 * 3_600_000,
  maxSize: 128 * 1024 * 1024,
  shardMs: 4 * 3_600_000,
  recordsPerShard: Number.POSITIVE_INFINITY,
};

/** Records from `first` on; up to `last` when it is closed. */
export interface Shard {
  id: string;
  parent: string | undefined;
  first: number;
  last: number | undefined;
  openedAt: number;
  count: number;
}

/** What stays the same of a stream. */
export interface StreamIdentity {
  arn: string;
  label: string;
  tableName: string;
  keySchema: KeySchemaElement[];
  viewType: StreamViewType;
  createdAt: number;
}

/** What changes of it, but for the records. */
export interface StreamProgress {
  shards: Shard[];
  /** When its table was deleted: what it has can be read until it is trimmed. */
  endedAt: number | undefined;
  /** The sequence after the last record that was dropped. */
  trimmedTo: number;
}

/** The changes of one table: one open shard at a time, and those that were closed before it. */
export class TableStream {
  readonly identity: StreamIdentity;
  readonly progress: StreamProgress;
  readonly records = new RecordQueue();
  readonly #limits: StreamLimits;

  constructor(identity: StreamIdentity, limits: StreamLimits, progress: StreamProgress) {
    this.identity = identity;
    this.#limits = limits;
    this.progress = progress;
  }

  /** @param next the sequence of the next record */
  static begin(identity: StreamIdentity, limits: StreamLimits, next: number): TableStream {
    const shards = [newShard(next, identity.createdAt, undefined)];
    return new TableStream(identity, limits, { shards, endedAt: undefined, trimmedTo: 0 });
  }

  /** Adds a record to the open shard, or to a child when that one has had its time. */
  push(record: KeptRecord): void {
    const { shards } = this.progress;
    let open = shards.at(-1);
    if (!open || open.last !== undefined) return;
    const { shardMs, recordsPerShard } = this.#limits;
    if (open.count >= recordsPerShard || (open.count > 0 && record.at - open.openedAt >= shardMs)) {
      open.last = record.sequence - 1;
      open = newShard(record.sequence, record.at, open.id);
      shards.push(open);
    }
    open.count++;
    this.records.push(record);
    this.#trimToSize();
  }

  /** No more records come. @param last the sequence of the last record */
  end(last: number, now: number): void {
    this.progress.endedAt = now;
    const open = this.progress.shards.at(-1);
    if (open) open.last ??= last;
  }

  /** Whether its table is gone, and everything of it would be trimmed. */
  isOver(now: number): boolean {
    const { endedAt } = this.progress;
    return endedAt !== undefined && endedAt < now - this.#limits.retentionMs;
  }

  shard(id: string): Shard | undefined {
    return this.progress.shards.find((shard) => shard.id === id);
  }

  /** The sequence of the first record of a shard that is still there. */
  horizon({ first }: Shard): number {
    return Math.max(first, this.progress.trimmedTo);
  }

  /** Drops what is too old, and closed shards of which nothing is left. */
  trim(now: number): void {
    const oldest = now - this.#limits.retentionMs;
    for (let first = this.records.first; first && first.at < oldest; first = this.records.first) this.#drop(first);
  }

  #trimToSize(): void {
    while (this.records.size > this.#limits.maxSize && this.records.first) this.#drop(this.records.first);
  }

  #drop({ sequence }: Pick<KeptRecord, 'sequence'>): void {
    const { progress } = this;
    progress.trimmedTo = sequence + 1;
    this.records.shift();
    while (progress.shards.length > 1 && (progress.shards[0]?.last ?? Number.POSITIVE_INFINITY) <= sequence) {
      progress.shards.shift();
    }
  }
}

const newShard = (first: number, openedAt: number, parent: string | undefined): Shard => ({
  id: `shardId-${String(first).padStart(20, '0')}`,
  parent,
  first,
  last: undefined,
  openedAt,
  count: 0,
});
