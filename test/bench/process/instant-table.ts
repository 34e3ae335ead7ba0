import type { Item, Key, Query, Table, WriteOutcome } from '../../../src/table/table.ts';

/** A table that costs next to nothing, and does as much as the bench's batches ask of it. */
export class InstantTable implements Table {
  readonly #partitions = new Map<string, Map<string, Item>>();

  async get<T extends Item>({ pk, sk }: Key): Promise<T | undefined> {
    return this.#partitions.get(pk)?.get(sk) as T | undefined;
  }

  async batchGet<T extends Item>(keys: Key[]): Promise<T[]> {
    return keys.flatMap(({ pk, sk }) => this.#partitions.get(pk)?.get(sk) ?? []) as T[];
  }

  async query<T extends Partial<Item> = Item>({ pk, after, limit }: Query): Promise<T[]> {
    if (after !== undefined) return [];
    return [...(this.#partitions.get(pk)?.values() ?? [])].slice(0, limit) as T[];
  }

  async write(): Promise<WriteOutcome> {
    throw new Error('No batch of the bench writes so');
  }

  async batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    for (const write of writes) {
      if (!('put' in write)) continue;
      const { pk, sk } = write.put;
      const partition = this.#partitions.get(pk) ?? new Map<string, Item>();
      this.#partitions.set(pk, partition.set(sk, write.put));
    }
  }

  async *scan(): AsyncIterable<Item> {}
}
