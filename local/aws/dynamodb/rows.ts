import { SortedList } from './sorted-list.ts';
import type { Attributes } from './types.ts';

/** An item as it is stored; never changed in place. */
export interface Stored {
  attributes: Attributes;
  /** Bytes. */
  size: number;
}

interface Version {
  item: Stored | undefined;
  since: number;
  past: Version | undefined;
}

/** An item of a table or an index, with what it was for a while back. `item` is undefined once it is deleted. */
export interface Row extends Version {
  partition: Partition;
  sort: string;
}

interface Partition {
  key: string;
  order: string;
  rows: SortedList<Row>;
}

/** What a reader sees at an instant; the present when it is left out. */
export const itemAt = (row: Row, asOf?: number): Stored | undefined => {
  if (asOf === undefined) return row.item;
  let version: Version | undefined = row;
  while (version && version.since > asOf) version = version.past;
  return version?.item;
};

/** FNV-1a with murmur3's finish: partitions are scanned in an order that tells nothing of their keys, as DynamoDB's. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};
const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** The rows of a table or an index: partitions, each in the order of its sort keys, and what they were lately. */
export class Rows {
  readonly #partitions = new Map<string, Partition>();
  /** By the hashes of their keys, for scans. */
  readonly #inOrder = new SortedList<Partition>();
  readonly #historyMs: number;
  #changes: { row: Row; at: number }[] = [];
  #head = 0;
  #count = 0;
  #bytes = 0;

  /** @param historyMs for how long old versions are kept */
  constructor(historyMs: number) {
    this.#historyMs = historyMs;
  }

  /** Items now. */
  get count(): number {
    return this.#count;
  }

  /** Their sizes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Rows in memory, those of deleted items that are still remembered included. */
  get kept(): number {
    let kept = 0;
    for (const { rows } of this.#partitions.values()) kept += rows.size;
    return kept;
  }

  find(partition: string, sort: string): Row | undefined {
    return this.#partitions.get(partition)?.rows.get(sort);
  }

  /** Puts an item, or deletes it. @returns the row, which stays the same for as long as the item lives */
  write(partitionKey: string, sort: string, item: Stored | undefined, now: number): Row | undefined {
    this.#forget(now);
    const partition = this.#partitions.get(partitionKey) ?? (item && this.#addPartition(partitionKey));
    if (!partition) return undefined;
    let row = partition.rows.get(sort);
    if (!row) {
      if (!item) return undefined;
      row = { item: undefined, since: Number.NEGATIVE_INFINITY, past: undefined, partition, sort };
      partition.rows.set(sort, row);
    }
    this.#count += (item ? 1 : 0) - (row.item ? 1 : 0);
    this.#bytes += (item?.size ?? 0) - (row.item?.size ?? 0);
    if (this.#historyMs > 0) {
      row.past = { item: row.item, since: row.since, past: row.past };
      row.since = now;
      this.#changes.push({ row, at: now });
    }
    row.item = item;
    if (!item && this.#historyMs === 0) this.#remove(row);
    return row;
  }

  /** The rows of one partition from a sort text on (rising: itself included; falling: itself excluded). */
  *range(partition: string, isForward: boolean, from?: string): Generator<Row> {
    const rows = this.#partitions.get(partition)?.rows;
    if (rows) yield* isForward ? rows.from(from ?? '') : rows.before(from);
  }

  /**
   * Every row, by the hash of its partition.
   * @param after goes on behind this place
   * @param segment one of so many parts of the table
   */
  *scan(after?: { partition: string; sort: string }, segment = 0, segments = 1): Generator<Row> {
    const [low, high] = [(segment * 2 ** 32) / segments, ((segment + 1) * 2 ** 32) / segments];
    const start = after ? hex(hash(after.partition)) + after.partition : hex(Math.ceil(low));
    for (const { key, order, rows } of this.#inOrder.from(start)) {
      if (Number.parseInt(order.slice(0, 8), 16) >= high) return;
      const isFirst = key === after?.partition;
      for (const row of rows.from(isFirst ? after.sort : '')) if (!isFirst || row.sort !== after.sort) yield row;
    }
  }

  #addPartition(key: string): Partition {
    const partition: Partition = { key, order: hex(hash(key)) + key, rows: new SortedList() };
    this.#partitions.set(key, partition);
    this.#inOrder.set(partition.order, partition);
    return partition;
  }

  #remove({ partition, sort }: Row): void {
    partition.rows.delete(sort);
    if (partition.rows.size > 0) return;
    this.#partitions.delete(partition.key);
    this.#inOrder.delete(partition.order);
  }

  /** Drops the versions that no read asks for any more. */
  #forget(now: number): void {
    const horizon = now - this.#historyMs;
    for (let change = this.#changes[this.#head]; change && change.at < horizon; change = this.#changes[++this.#head]) {
      const { row } = change;
      let version: Version | undefined = row;
      while (version && version.since > horizon) version = version.past;
      if (version) version.past = undefined;
      if (version === row && !row.item && row.partition.rows.get(row.sort) === row) this.#remove(row);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#head);
      this.#head = 0;
    }
  }
}
