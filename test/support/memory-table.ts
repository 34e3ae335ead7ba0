import type { Condition, Item, Key, Query, Table, Write, WriteOutcome } from '../../src/table/table.ts';

type Stored = Item & Record<string, unknown>;

const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
const copy = <T>(value: T): T => structuredClone(value);

/** DynamoDB's table in memory, as far as `Table` shows it. The table contract keeps the two alike. */
export class MemoryTable implements Table {
  readonly items = new Map<string, Stored>();
  /** Called with what each write that changed something left behind, as a stream would be. */
  onChange: (change: { old: Stored | undefined; new: Stored | undefined }) => void = () => {};

  async get<T extends Item>(key: Key): Promise<T | undefined> {
    return copy(this.items.get(keyText(key))) as unknown as T | undefined;
  }

  async batchGet<T extends Item>(keys: Key[]): Promise<T[]> {
    const found = [...new Set(keys.map(keyText))].map((text) => this.items.get(text));
    return copy(found.filter((item) => item !== undefined)) as unknown as T[];
  }

  async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    const [pk, sk] = query.index ? ['feedPk', 'feedSk'] : ['pk', 'sk'];
    const sortKey = (item: Stored) => String(item[sk]);
    const { after, from, to, prefix = '' } = query;
    if (after && !query.index && !(after.startsWith(prefix) && (!from || after >= from) && (!to || after <= to))) {
      throw new Error('The start is outside of the queried range');
    }
    if (from && to && from > to) throw new Error('The range ends before it begins');
    const isBehind = (at: string) => !after || (query.newestFirst ? at < after : at > after);
    const found = [...this.items.values()]
      .filter((item) => item[pk] === query.pk && item[sk] !== undefined)
      .filter((item) => sortKey(item).startsWith(prefix) && isBehind(sortKey(item)))
      .filter((item) => (!from || sortKey(item) >= from) && (!to || sortKey(item) <= to))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1) * (query.newestFirst ? -1 : 1));
    const { attributes, where = [] } = query;
    const held = found.filter((item) =>
      where.every((condition) => conditionHolds(condition, item[condition.attribute])),
    );
    const shown = attributes ? held.map((item) => only(attributes, item)) : held;
    return copy(shown.slice(0, query.limit ?? shown.length)) as unknown as T[];
  }

  async write(writes: Write[]): Promise<WriteOutcome> {
    mustBeDistinct(writes.map(keyOf));
    const refused = writes.flatMap((write, at) => (this.#holds(write) ? [] : [at]));
    if (refused.length > 0) return { kind: 'refused', refused };
    for (const write of writes) this.#apply(write);
    return { kind: 'written' };
  }

  async batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    mustBeDistinct(writes.map(keyOf));
    for (const write of writes) this.#apply(write);
  }

  async *scan(after?: Key): AsyncIterable<Item> {
    const found = [...this.items].filter(([at]) => after === undefined || at > keyText(after));
    for (const [, item] of found.sort(([a], [b]) => (a < b ? -1 : 1))) yield copy(item);
  }

  #holds(write: Write): boolean {
    const item = this.items.get(keyText(keyOf(write)));
    return (write.when ?? []).every((condition) => conditionHolds(condition, item?.[condition.attribute]));
  }

  #apply(write: Write): void {
    if ('check' in write) return;
    const at = keyText(keyOf(write));
    const old = this.items.get(at);
    if ('put' in write) this.items.set(at, clean(write.put));
    else if ('delete' in write) this.items.delete(at);
    else this.items.set(at, updated(write, old));
    const now = this.items.get(at);
    if (JSON.stringify(old) !== JSON.stringify(now)) this.onChange(copy({ old, new: now }));
  }
}

const keyOf = (write: Write): Key => {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update;
  return 'delete' in write ? write.delete : write.check;
};

/** DynamoDB refuses a transaction, and a batch, that names one item twice. */
const mustBeDistinct = (names: Key[]): void => {
  if (new Set(names.map(keyText)).size < names.length) throw new Error('One item is named twice');
};

const only = (attributes: string[], item: Stored): Partial<Stored> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => attributes.includes(name)));

const clean = (item: object): Stored => JSON.parse(JSON.stringify(item));

const updated = (write: Extract<Write, { update: Key }>, old: Stored | undefined): Stored => {
  const item: Stored = { ...(old ?? ({ ...write.update } as Stored)), ...clean(write.set ?? {}) };
  for (const [name, by] of Object.entries(write.add ?? {})) item[name] = Number(item[name] ?? 0) + by;
  for (const name of write.remove ?? []) delete item[name];
  return item;
};

const conditionHolds = (condition: Condition, stored: unknown): boolean => {
  if (condition.is === 'absent') return stored === undefined;
  if (condition.is === 'present') return stored !== undefined;
  if (condition.is === 'absent or >') return stored === undefined || Number(stored) > condition.value;
  if (condition.is === 'absent or <') return stored === undefined || Number(stored) < condition.value;
  if (typeof stored !== typeof condition.value) return false;
  const [left, right] = [stored as string | number, condition.value as string | number];
  if (condition.is === '=') return left === right;
  if (condition.is === '<') return left < right;
  if (condition.is === '<=') return left <= right;
  if (condition.is === '>') return left > right;
  return left >= right;
};
