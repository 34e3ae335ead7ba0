import type { Item, Key, Query, ReadOptions, Table, Write, WriteOutcome } from '../../../src/table/table.ts';
import { LaggingTable } from './lagging-table.ts';

/** A call that was made of a table, to be made of another one. */
type Call = (table: Table) => Promise<unknown>;

/** A batch's items come in any order, a query's in theirs. */
const comparable = (name: string, answer: unknown): string => {
  const list = (Array.isArray(answer) ? answer : [answer]).map((item) => JSON.stringify(sorted(item)) ?? 'nothing');
  return (name === 'batchGet' ? list.sort() : list).join('\n');
};

/** The same attributes in the same order, at every depth. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]));
};

/** Remembers what was written, and what consistent reads have said, in its order. */
export class RecordingTable extends LaggingTable {
  readonly #calls: { name: string; call: Call; answer: string }[] = [];

  override get<T extends Item>(key: Key, options?: ReadOptions): Promise<T | undefined> {
    return this.#note('get', options?.consistent, super.get<T>(key, options), (table) => table.get(key, options));
  }

  override batchGet<T extends Item>(keys: Key[], options?: ReadOptions): Promise<T[]> {
    const call: Call = (table) => table.batchGet(keys, options);
    return this.#note('batchGet', options?.consistent, super.batchGet<T>(keys, options), call);
  }

  override query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    return this.#note('query', query.consistent, super.query<T>(query), (table) => table.query(query));
  }

  override write(writes: Write[]): Promise<WriteOutcome> {
    const given = structuredClone(writes);
    return this.#note('write', true, super.write(writes), (table) => table.write(given));
  }

  override batchWrite(writes: ({ put: Item } | { delete: Key })[]): Promise<void> {
    const given = structuredClone(writes);
    return this.#note('batchWrite', true, super.batchWrite(writes), (table) => table.batchWrite(given));
  }

  /** Makes the same calls of another table. @throws Error that names the first answer that differs */
  async replayOn(table: Table): Promise<number> {
    for (const [at, { name, call, answer }] of this.#calls.entries()) {
      const found = comparable(name, await call(table));
      if (found !== answer)
        throw new Error(`Call ${at}, ${name}, is answered by\n${found}\nand should be by\n${answer}`);
    }
    return this.#calls.length;
  }

  async #note<T>(name: string, isNoted: boolean | undefined, work: Promise<T>, call: Call): Promise<T> {
    // The place in the order is that of the call; in memory the answer is of that moment too.
    const noted = { name, call, answer: '' };
    if (isNoted) this.#calls.push(noted);
    const answer = await work;
    noted.answer = comparable(name, answer);
    return answer;
  }
}
