import { Gathering } from './gathering.ts';
import type { BatchOptions, Item, Key, Query, ReadOptions, Table, Write, WriteOptions, WriteOutcome } from './table.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html: 100 a request. */
const KEYS = 100;
/** Four requests of 25, which the table below sends side by side. */
const WRITES = 100;

type BatchWrite = { put: Item } | { delete: Key };

interface Timed {
  write: BatchWrite;
  deadline: number | undefined;
}

/** What goes together has until the latest deadline that one of them names. */
const latest = (parts: Timed[]): BatchOptions => {
  const deadlines = parts.flatMap(({ deadline }) => deadline ?? []);
  return deadlines.length > 0 ? { deadline: Math.max(...deadlines) } : {};
};

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

interface Dependencies {
  table: Table;
}

/** A table whose batches are shared by all who work on it at the same time: fewer requests, the same reads and writes. */
export class GatheringTable implements Table {
  readonly #table: Table;
  readonly #consistent: Gathering<Key, Item[]>;
  readonly #eventual: Gathering<Key, Item[]>;
  readonly #writes: Gathering<Timed, void>;

  constructor({ table }: Dependencies) {
    this.#table = table;
    const reads = (options: ReadOptions) =>
      new Gathering<Key, Item[]>({ send: (keys) => table.batchGet(keys, options), most: KEYS });
    this.#consistent = reads({ consistent: true });
    this.#eventual = reads({ consistent: false });
    this.#writes = new Gathering({
      send: (parts) =>
        table.batchWrite(
          parts.map(({ write }) => write),
          latest(parts),
        ),
      most: WRITES,
      nameOf: ({ write }) => nameOf('put' in write ? write.put : write.delete),
    });
  }

  async batchGet<T extends Item>(keys: Key[], { consistent = false }: ReadOptions = {}): Promise<T[]> {
    if (keys.length === 0) return [];
    const wanted = new Map(keys.map((key) => [nameOf(key), key]));
    const items = await (consistent ? this.#consistent : this.#eventual).add([...wanted.values()]);
    return items.filter((item) => wanted.has(nameOf(item))) as T[];
  }

  get writesPerSecond(): number {
    return this.#table.writesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  async batchWrite(writes: BatchWrite[], options: BatchOptions = {}): Promise<void> {
    if (writes.length > 0) await this.#writes.add(writes.map((write) => ({ write, deadline: options.deadline })));
  }

  get<T extends Item>(key: Key, options?: ReadOptions): Promise<T | undefined> {
    return this.#table.get<T>(key, options);
  }

  query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    return this.#table.query<T>(query);
  }

  write(writes: Write[], options?: WriteOptions): Promise<WriteOutcome> {
    return this.#table.write(writes, options);
  }

  scan(after?: Key): AsyncIterable<Item> {
    return this.#table.scan(after);
  }
}
