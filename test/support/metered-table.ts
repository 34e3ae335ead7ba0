import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item, Key, Query, ReadOptions, Table, Write } from '../../src/table/table.ts';
import { countUnits, noteUnits, type Units } from '../../src/table/units.ts';

const READ_BYTES = 4_096;
const WRITE_BYTES = 1_024;
const TRANSACTION_FACTOR = 2;

/**
 * What an item takes by AWS's rules.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 * @returns bytes
 */
export const itemBytes = (item: object): number =>
  mapBytes(marshall(item, { removeUndefinedValues: true }) as Record<string, AttributeValue>);

const mapBytes = (map: Record<string, AttributeValue>): number =>
  Object.entries(map).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

const valueBytes = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 1;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, element) => sum + 1 + valueBytes(element), 0);
  if (value.M !== undefined) return 3 + mapBytes(value.M) + Object.keys(value.M).length;
  return 1;
};

const readUnits = (bytes: number, consistent = false): number =>
  Math.max(1, Math.ceil(bytes / READ_BYTES)) * (consistent ? 1 : 0.5);
const writeUnits = (item: object): number => Math.max(1, Math.ceil(itemBytes(item) / WRITE_BYTES));

/** Calls a table whose own count is left out. */
const unnoted = <T>(call: () => Promise<T>): Promise<T> => countUnits({ reads: 0, writes: 0 }, call);

/** A table that counts the capacity units which DynamoDB would charge: the engine reports them wrongly. */
export class MeteredTable implements Table {
  reads = 0;
  writes = 0;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  get used(): Units {
    return { reads: this.reads, writes: this.writes };
  }

  async get<T extends Item>(key: Key, options?: ReadOptions): Promise<T | undefined> {
    const item = await unnoted(() => this.#table.get<T>(key, options));
    this.#read(readUnits(item ? itemBytes(item) : 0, options?.consistent));
    return item;
  }

  async batchGet<T extends Item>(keys: Key[], options?: ReadOptions): Promise<T[]> {
    const items = await unnoted(() => this.#table.batchGet<T>(keys, options));
    for (const item of items) this.#read(readUnits(itemBytes(item), options?.consistent));
    this.#read((keys.length - items.length) * readUnits(0, options?.consistent));
    return items;
  }

  async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    const items = await unnoted(() => this.#table.query<T>(query));
    // What is left out of the answer is charged as well.
    const { where: _, attributes: __, ...everything } = query;
    const isPart = query.where || query.attributes;
    const read = isPart ? await unnoted(() => this.#table.query(everything)) : items;
    // Of a query the sum is rounded, not each item.
    const bytes = read.reduce((sum: number, item) => sum + itemBytes(item), 0);
    this.#read(readUnits(bytes, query.consistent));
    return items;
  }

  async write(writes: Write[]) {
    const factor = writes.length > 1 ? TRANSACTION_FACTOR : 1;
    for (const write of writes) this.#wrote(('put' in write ? writeUnits(write.put) : 1) * factor);
    return unnoted(() => this.#table.write(writes));
  }

  async batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    for (const write of writes) this.#wrote('put' in write ? writeUnits(write.put) : 1);
    return unnoted(() => this.#table.batchWrite(writes));
  }

  scan(after?: Key): AsyncIterable<Item> {
    return this.#table.scan(after);
  }

  #read(reads: number): void {
    this.reads += reads;
    noteUnits({ reads });
  }

  #wrote(writes: number): void {
    this.writes += writes;
    noteUnits({ writes });
  }
}
