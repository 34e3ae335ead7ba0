import { isTransient } from '../runtime/transient.ts';
import { RequestBatcher } from './request-batcher.ts';
import { SharedReads } from './shared-reads.ts';
import {
  type BatchOptions,
  type Item,
  type Key,
  type Query,
  type ReadOptions,
  type Table,
  TableBusyError,
  type Write,
  type WriteOptions,
  type WriteOutcome,
} from './table.ts';

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

/** By the key's name. */
type Found = ReadonlyMap<string, Item>;

/**
 * A table whose requests are shared by all who work on it at the same time. Reads of single items and batches go together in
 * batches, and who asks for the same list gets one answer. Every read still begins after its caller has asked.
 */
export class BatchingTable implements Table {
  readonly #table: Table;
  readonly #consistent: RequestBatcher<Key, Found>;
  readonly #eventual: RequestBatcher<Key, Found>;
  readonly #queries = new SharedReads<Partial<Item>[]>();
  readonly #writes: RequestBatcher<Timed, void>;

  constructor({ table }: Dependencies) {
    this.#table = table;
    const reads = (options: ReadOptions) =>
      new RequestBatcher<Key, Found>({
        send: async (keys) => new Map((await table.batchGet(keys, options)).map((item) => [nameOf(item), item])),
        most: KEYS,
        // A key that stays unprocessed may be the only one whose partition is throttled.
        mayConcernOne: (error) => error instanceof TableBusyError || !isTransient(error),
      });
    this.#consistent = reads({ consistent: true });
    this.#eventual = reads({ consistent: false });
    this.#writes = new RequestBatcher({
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
    const found = await (consistent ? this.#consistent : this.#eventual).add([...wanted.values()]);
    return [...wanted.keys()].flatMap((name) => (found.get(name) as T | undefined) ?? []);
  }

  async get<T extends Item>(key: Key, { consistent = false }: ReadOptions = {}): Promise<T | undefined> {
    const found = await (consistent ? this.#consistent : this.#eventual).add([key]);
    return found.get(nameOf(key)) as T | undefined;
  }

  async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    const items = await this.#queries.read(JSON.stringify(query), () => this.#table.query(query));
    return [...items] as T[];
  }

  get writesPerSecond(): number {
    return this.#table.writesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  async batchWrite(writes: BatchWrite[], options: BatchOptions = {}): Promise<void> {
    if (writes.length > 0) await this.#writes.add(writes.map((write) => ({ write, deadline: options.deadline })));
  }

  write(writes: Write[], options?: WriteOptions): Promise<WriteOutcome> {
    return this.#table.write(writes, options);
  }

  scan(after?: Key): AsyncIterable<Item> {
    return this.#table.scan(after);
  }
}
