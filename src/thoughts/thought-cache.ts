import { keys } from '../keys/keys.ts';
import { RecentMap } from '../runtime/recent-map.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Table } from '../table/table.ts';
import type { Thought, ThoughtReference } from './thought.ts';
import { type ThoughtItem, toThought } from './thought-items.ts';

/** A replica is up to two seconds behind; this adds one. */
const FRESH_MS = 1_000;
const MAX_THOUGHTS = 500;

interface Dependencies {
  table: Table;
  runtime: Runtime;
}

/**
 * Reads thoughts, and remembers each for a second in this process, so that a popular one does not meet the limit of its
 * partition key: 3,000 read units a second.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
export class ThoughtCache {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #known = new RecentMap<string, { thought: Thought; readAt: number }>(MAX_THOUGHTS);

  constructor({ table, runtime }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /** Those of the thoughts that are stored. Consistent reads ask the table always, the others may be a second older. */
  async get(references: ThoughtReference[], { consistent }: { consistent: boolean }): Promise<Thought[]> {
    const now = this.#runtime.now();
    const known = consistent ? [] : references.flatMap(({ id }) => this.#fresh(id, now) ?? []);
    const ids = new Set(known.map(({ id }) => id));
    const wanted = references.filter(({ id }) => !ids.has(id));
    if (wanted.length === 0) return known;
    const names = wanted.map(({ author, id }) => keys.thought(author, id));
    const read = (await this.#table.batchGet<ThoughtItem>(names, { consistent })).map(toThought);
    for (const thought of read) this.#known.set(thought.id, { thought, readAt: now });
    return [...known, ...read];
  }

  #fresh(id: string, now: number): Thought | undefined {
    const known = this.#known.get(id);
    return known && now - known.readAt < FRESH_MS ? known.thought : undefined;
  }
}
