import { getAttribute } from './intake.ts';
import { indexSort, itemId, keyOf, type Place, placeOfItem } from './item-keys.ts';
import { itemSize } from './item-size.ts';
import { itemAt, type Row, Rows, type Stored } from './rows.ts';
import type { Attributes, Charge, IndexSchema, KeySchema, StreamViewType } from './types.ts';
import { indexWriteUnits, writeUnits } from './units.ts';
import { areItemsEqual, sortable } from './values.ts';

export interface TableSchema {
  name: string;
  id: string;
  arn: string;
  createdAt: number;
  key: KeySchema;
  indexes: IndexSchema[];
  stream: { viewType: StreamViewType; label: string } | undefined;
  /** What CreateTable was told, for DescribeTable. */
  description: Record<string, unknown>;
}

interface Entry {
  partition: string;
  place: string;
  item: Stored;
  size: number;
}

interface IndexChange {
  index: SecondaryIndex;
  before: Entry | undefined;
  after: Entry | undefined;
  isTouched: boolean;
}

/** A write that is thought through and not yet done. */
export interface Change {
  table: Table;
  place: Place;
  before: Stored | undefined;
  after: Stored | undefined;
  indexChanges: IndexChange[];
}

/**
 * A secondary index: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
 */
export class SecondaryIndex {
  readonly schema: IndexSchema;
  readonly rows: Rows;
  /** The attributes it holds; undefined for all of them. */
  readonly #held: Set<string> | undefined;

  constructor(schema: IndexSchema, tableKey: KeySchema, historyMs: number) {
    this.schema = schema;
    this.rows = new Rows(historyMs);
    const { key, projection } = schema;
    if (projection.kind === 'all') return;
    const names = [tableKey.partition, tableKey.sort, key.partition, key.sort].flatMap((part) =>
      part ? [part.name] : [],
    );
    this.#held = new Set([...names, ...(projection.kind === 'include' ? projection.attributes : [])]);
  }

  holds(attribute: string): boolean {
    return !this.#held || this.#held.has(attribute);
  }

  /** What it holds of an item: nothing when the item lacks one of its keys. */
  entryOf(item: Stored | undefined, place: Place): Entry | undefined {
    if (!item) return undefined;
    const { partition, sort } = this.schema.key;
    const partitionValue = getAttribute(item.attributes, partition.name);
    const sortValue = sort && getAttribute(item.attributes, sort.name);
    if (!partitionValue || (sort && !sortValue)) return undefined;
    const held = this.#project(item);
    return {
      partition: sortable(partitionValue, partition.type),
      place: indexSort(sort && sortValue ? sortable(sortValue, sort.type) : '', place),
      item: held,
      size: held.size,
    };
  }

  #project(item: Stored): Stored {
    if (!this.#held) return item;
    const attributes: Attributes = {};
    for (const name in item.attributes) if (this.#held.has(name)) attributes[name] = item.attributes[name] as never;
    return { attributes, size: itemSize(attributes) };
  }
}

/** One table: its items, its indexes, and when its items expire. */
export class Table {
  readonly schema: TableSchema;
  readonly rows: Rows;
  readonly indexes: SecondaryIndex[];
  #ttl: { attribute: string; byHour: Map<number, Set<Row>> } | undefined;

  constructor(schema: TableSchema, historyMs: number) {
    this.schema = schema;
    this.rows = new Rows(historyMs);
    this.indexes = schema.indexes.map((index) => new SecondaryIndex(index, schema.key, historyMs));
  }

  index(name: string): SecondaryIndex | undefined {
    return this.indexes.find(({ schema }) => schema.name === name);
  }

  /** The item of an entry of an index, with all its attributes. @param asOf an instant; the present when left out */
  itemOf(entry: Stored, asOf?: number): Stored | undefined {
    const { partition, sort } = placeOfItem(this.schema.key, entry.attributes);
    const row = this.rows.find(partition, sort);
    return row && itemAt(row, asOf);
  }

  idOf(place: Place): string {
    return itemId(this.schema.name, place);
  }

  keyOf(item: Stored): Attributes {
    return keyOf(this.schema.key, item.attributes);
  }

  /** What a write would change. */
  plan(place: Place, after: Stored | undefined): Change {
    const before = this.rows.find(place.partition, place.sort)?.item;
    const indexChanges = this.indexes.map((index): IndexChange => {
      const [old, entry] = [index.entryOf(before, place), index.entryOf(after, place)];
      const isTouched = !old || !entry || !areItemsEqual(old.item.attributes, entry.item.attributes);
      return { index, before: old, after: entry, isTouched };
    });
    return { table: this, place, before, after, indexChanges };
  }

  /** Does what was planned. */
  commit({ place, before, after, indexChanges }: Change, now: number): void {
    const row = this.rows.write(place.partition, place.sort, after, now);
    if (this.#ttl && row) this.#schedule(row, before);
    for (const { index, before: old, after: entry, isTouched } of indexChanges) {
      if (!isTouched) continue;
      if (old && (old.place !== entry?.place || old.partition !== entry.partition)) {
        index.rows.write(old.partition, old.place, undefined, now);
      }
      if (entry) index.rows.write(entry.partition, entry.place, entry.item, now);
    }
  }

  get ttlAttribute(): string | undefined {
    return this.#ttl?.attribute;
  }

  /** @param attribute holds seconds since 1970; undefined: nothing expires */
  setTtl(attribute: string | undefined): void {
    this.#ttl = attribute === undefined ? undefined : { attribute, byHour: new Map() };
    if (this.#ttl) for (const row of this.rows.scan()) this.#schedule(row);
  }

  /** Items whose time is over. @param nowSeconds seconds since 1970 */
  *expired(nowSeconds: number): Generator<{ place: Place; item: Stored }> {
    if (!this.#ttl) return;
    const { attribute, byHour } = this.#ttl;
    for (const [hour, rows] of byHour) {
      if (hour > hourOf(nowSeconds)) continue;
      for (const row of rows) {
        const time = row.item && expiryOf(row.item, attribute);
        if (time === undefined || hourOf(time) !== hour) rows.delete(row);
        else if (row.item && time < nowSeconds && time > nowSeconds - FIVE_YEARS) {
          yield { place: { partition: row.partition.key, sort: row.sort }, item: row.item };
        }
      }
      if (rows.size === 0) byHour.delete(hour);
    }
  }

  #schedule(row: Row, before?: Stored): void {
    if (!this.#ttl) return;
    const { attribute } = this.#ttl;
    const time = row.item && expiryOf(row.item, attribute);
    const old = before && expiryOf(before, attribute);
    if (time === old) return;
    if (old !== undefined) this.#ttl.byHour.get(hourOf(old))?.delete(row);
    if (time === undefined) return;
    const hour = hourOf(time);
    const rows = this.#ttl.byHour.get(hour);
    if (rows) rows.add(row);
    else this.#ttl.byHour.set(hour, new Set([row]));
  }
}

/** What expired more than five years ago stays: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
const FIVE_YEARS = 5 * 365 * 86_400;
const hourOf = (seconds: number): number => Math.floor(seconds / 3_600);
const expiryOf = (item: Stored, attribute: string): number | undefined => {
  const text = getAttribute(item.attributes, attribute)?.N;
  return text === undefined ? undefined : Number(text);
};

/** The units of a change: the table's by the larger item, times a factor; each touched index's by its entries. */
export const chargesOf = ({ table, place, before, after, indexChanges }: Change, factor = 1): Charge[] => {
  const tableName = table.schema.name;
  const units = writeUnits(Math.max(before?.size ?? 0, after?.size ?? 0)) * factor;
  const charges: Charge[] = [{ tableName, indexName: undefined, partition: place.partition, kind: 'write', units }];
  for (const change of indexChanges) {
    const indexUnits = indexWriteUnits(change);
    if (indexUnits === 0) continue;
    const { before: old, after: entry, index } = change;
    const { name: indexName, kind: indexKind } = index.schema;
    const of = { tableName, indexName, ...(indexKind === 'local' && { isLocal: true }), kind: 'write' as const };
    const isMove = old && entry && old.partition !== entry.partition;
    if (isMove) {
      charges.push(
        { ...of, partition: old.partition, units: writeUnits(old.size) },
        { ...of, partition: entry.partition, units: writeUnits(entry.size) },
      );
    } else {
      charges.push({ ...of, partition: (entry ?? old)?.partition, units: indexUnits });
    }
  }
  return charges;
};
