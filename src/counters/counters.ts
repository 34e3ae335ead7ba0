import { type CounterSubject, keys } from '../keys/keys.ts';
import { backoff } from '../runtime/backoff.ts';
import { RecentMap } from '../runtime/recent-map.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Item, type Key, type ReadOptions, type Table, TableBusyError, type Write } from '../table/table.ts';

/** What is counted: the first two of a user, the others of a thought. */
export type Count = 'followers' | 'following' | 'reactions' | 'replies';

/** The first edition counted an author's thoughts here too; now the author's head does. */
type Sums = Record<Count | 'thoughts', number>;

/**
 * A counter begins as one item. When transactions get in each other's way there, it is spread over four times as many,
 * each in a partition of its own: one partition key takes 1,000 write units a second.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const GROWTH = 4;
const MAX_SHARDS = 64;
/** Tries on one shard before the counter is spread further. */
const TRIES_A_SHARD = 2;
const TRIES = 12;
/** Counters whose number of shards, and whose sums, are remembered by one process. */
const REMEMBERED = 1_000;
/**
 * Milliseconds for which a process answers with the sums of a sharded counter that it has read. A read takes up to 64 units, and anybody
 * may ask: 200 requests a second would take all reads of the table. A counter without shards takes 1 unit and is read each time.
 */
const SUMS_MS = 1_000;
/** The sort key of the item that has the number of shards, beside the first shard. */
const SHARDS = 'SHARDS';

/** Only their own user writes these, one at a time; so they share no item with the counters of many writers. */
export const OWN_SHARD = 'OWN';

type CountItem = Item & Partial<Sums> & { shards?: number; ended?: number };

/** How many a user follows, how many follows have ended, and how many blocks of the user are counted. */
type OwnCounts = Partial<Record<'following' | 'ended' | 'blocks', number>>;

/** Moves a user's own counts; all stand in one item, which a transaction can change only once. @param below refused from here on */
export const ownCountsWrite = (username: string, by: OwnCounts, below: OwnCounts = {}): Write => ({
  update: keys.count({ kind: 'user', username }, OWN_SHARD),
  set: { type: 'count' },
  add: by,
  when: Object.entries(below).map(([attribute, value]) => ({ attribute, is: 'absent or <', value })),
});

interface Dependencies {
  table: Table;
  runtime: Runtime;
}

/** Counters that many write at once. They move in the transaction that changes what they count. */
export class Counters {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #shards = new RecentMap<string, number>(REMEMBERED);
  readonly #sums = new RecentMap<string, { sums: Sums; readAt: number }>(REMEMBERED);

  constructor({ table, runtime }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /**
   * Does a write that moves a counter. When it meets others, it is tried again on another shard.
   * @param work does the write, with the part that moves the counter, in a few tries only
   * @throws TableBusyError
   */
  async move<Result>(
    of: CounterSubject,
    count: Count,
    by: 1 | -1,
    work: (write: Write, attempts: number) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 0; ; attempt++) {
      const shard = Math.floor(this.#runtime.random() * (this.#shards.get(nameOf(of)) ?? 1));
      const update = keys.count(of, shard);
      try {
        return await work({ update, set: { type: 'count' }, add: { [count]: by } }, TRIES_A_SHARD);
      } catch (error) {
        if (!(error instanceof TableBusyError) || attempt >= TRIES) throw error;
        await this.#spread(of);
        await this.#runtime.sleep(backoff(attempt, this.#runtime.random()));
      }
    }
  }

  /** The sums over all shards of one subject's counters; of a spread counter, as they were within the last second. */
  async read(of: CounterSubject, { consistent = true }: ReadOptions = {}): Promise<Sums> {
    const readAt = this.#runtime.now();
    const known = this.#sums.get(nameOf(of));
    if (known && readAt - known.readAt < SUMS_MS) return known.sums;
    const items = await this.#table.query<CountItem>({ pk: keys.count(of, 0).pk, consistent });
    const shards = items.find(({ sk }) => sk === SHARDS)?.shards ?? 1;
    const others = Array.from({ length: shards - 1 }, (_, at) => keys.count(of, at + 1));
    if (others.length > 0) items.push(...(await this.#table.batchGet<CountItem>(others, { consistent })));
    const sum = (count: keyof Sums) => items.reduce((total, item) => total + (item[count] ?? 0), 0);
    const sums: Sums = {
      followers: sum('followers'),
      following: sum('following'),
      thoughts: sum('thoughts'),
      reactions: sum('reactions'),
      replies: sum('replies'),
    };
    if (shards > 1) this.#sums.set(nameOf(of), { sums, readAt });
    return sums;
  }

  /** How many follows of a user have ended since the release that began to count them. */
  async endedFollows(username: string): Promise<number> {
    const own = keys.count({ kind: 'user', username }, OWN_SHARD);
    return (await this.#table.get<CountItem>(own, { consistent: true }))?.ended ?? 0;
  }

  /** Where one subject's counters stand, all of their shards. */
  async keysOf(of: CounterSubject): Promise<Key[]> {
    const first = keys.count(of, 0);
    const items = await this.#table.query<CountItem>({ pk: first.pk, consistent: true });
    const shards = items.find(({ sk }) => sk === SHARDS)?.shards ?? 1;
    return [...items, ...Array.from({ length: shards - 1 }, (_, at) => keys.count(of, at + 1))];
  }

  /** Learns how many shards there are; when that was known, there are more from now on. */
  async #spread(of: CounterSubject): Promise<void> {
    const key = { ...keys.count(of, 0), sk: SHARDS };
    const stored = (await this.#table.get<CountItem>(key, { consistent: true }))?.shards ?? 1;
    const known = this.#shards.get(nameOf(of)) ?? 1;
    let shards = stored;
    if (stored <= known && stored < MAX_SHARDS) {
      shards = stored * GROWTH;
      await this.#table.write([
        {
          update: key,
          set: { type: 'count', shards },
          when: [{ attribute: 'shards', is: 'absent or <', value: shards }],
        },
      ]);
    }
    this.#shards.set(nameOf(of), shards);
  }
}

const nameOf = (of: CounterSubject): string => keys.count(of, 0).pk;
