import type { Item, Key, Query, ReadOptions } from '../../../src/table/table.ts';
import { MemoryTable } from '../memory-table.ts';

/** How far a replica may be behind, in milliseconds. */
export const REPLICA_LAG = 2_000;

export type MakeLaggingTable = (now: () => number, random: () => number) => LaggingTable;

type Version = { at: number; item: Item | undefined };

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** Reads that are not consistent see each item as it was at some time within the lag, each for itself. */
export class LaggingTable extends MemoryTable {
  readonly #partitions = new Map<string, Map<string, Version[]>>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number, random: () => number) {
    super();
    this.#now = now;
    this.#random = random;
  }

  /** Keeps what a change left behind; whoever listens to the table's changes must call it. */
  keep({ old, new: item }: { old: Item | undefined; new: Item | undefined }): void {
    const key = item ?? old;
    if (!key) return;
    const partition = this.#partitions.get(key.pk) ?? new Map<string, Version[]>();
    this.#partitions.set(key.pk, partition);
    const versions = partition.get(nameOf(key)) ?? [];
    // A version that every replica has left behind is never seen again.
    const known = versions.findLastIndex(({ at }) => at <= this.#now() - REPLICA_LAG);
    partition.set(nameOf(key), [...versions.slice(Math.max(0, known)), { at: this.#now(), item }]);
  }

  override async get<T extends Item>(key: Key, options?: ReadOptions): Promise<T | undefined> {
    return options?.consistent ? super.get<T>(key) : (this.#past(key) as T | undefined);
  }

  override async batchGet<T extends Item>(keys: Key[], options?: ReadOptions): Promise<T[]> {
    if (options?.consistent) return super.batchGet<T>(keys);
    return keys.map((key) => this.#past(key)).filter((item) => item !== undefined) as T[];
  }

  override async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    if (query.consistent || query.index) return super.query<T>(query);
    const past = new MemoryTable();
    for (const versions of this.#partitions.get(query.pk)?.values() ?? []) {
      const item = this.#seen(versions);
      if (item) past.items.set(nameOf(item), item as never);
    }
    return past.query<T>(query);
  }

  #past = (key: Key) => this.#seen(this.#partitions.get(key.pk)?.get(nameOf(key)) ?? []);

  #seen(versions: Version[]): Item | undefined {
    const at = this.#now() - Math.floor(this.#random() * REPLICA_LAG);
    return structuredClone(versions.findLast((version) => version.at <= at)?.item);
  }
}
