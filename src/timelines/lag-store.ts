import { keys, lagPartition } from '../keys/keys.ts';
import { DAY, MINUTE, type Runtime, seconds } from '../runtime/runtime.ts';
import type { Item, Table } from '../table/table.ts';

/** A smaller lag is normal, and shorter than the overlap of a replay. */
export const LATE_MS = MINUTE / 2;
const WINDOW_MS = 10 * MINUTE;
/** Every replay reads this item. One partition key takes 3,000 reads a second, so there are this many copies. */
const SHARDS = 4;
const LIFETIME_MS = 2 * DAY;

type LagItem = Item & { type: 'lag'; seconds: number };

interface Dependencies {
  table: Table;
  runtime: Runtime;
}

/**
 * How late the fan-out was, for each ten minutes in which it was late. It is written down before anything is delivered
 * late; so a replay knows how far behind its client's newest thought it must begin.
 */
export class LagStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  /** What this process has noted last. */
  #noted = { window: -1, seconds: 0 };

  constructor({ table, runtime }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /** @param lagMs from a change until now, when it is about to be delivered */
  async note(lagMs: number): Promise<void> {
    if (lagMs <= LATE_MS) return;
    const now = this.#runtime.now();
    const window = Math.floor(now / WINDOW_MS);
    // In steps of two, so that a growing lag is not a write for each record.
    const late = 2 ** Math.ceil(Math.log2(lagMs / 1000));
    if (this.#noted.window === window && this.#noted.seconds >= late) return;
    for (let shard = 0; shard < SHARDS; shard++) {
      await this.#table.write([
        {
          update: keys.lag(now, window, shard),
          set: { type: 'lag', seconds: late, expiresAt: seconds(now + LIFETIME_MS) },
          when: [{ attribute: 'seconds', is: 'absent or <', value: late }],
        },
      ]);
    }
    this.#noted = { window, seconds: late };
  }

  /** Whether the fan-out has been late in these ten minutes. */
  async isLate(): Promise<boolean> {
    return (await this.#read(this.#runtime.now())) > 0;
  }

  /** The greatest lag since a moment, at most a day ago. Milliseconds; 0 when nothing was late. */
  async since(ms: number): Promise<number> {
    return this.#read(Math.max(ms, this.#runtime.now() - DAY) - WINDOW_MS);
  }

  async #read(from: number): Promise<number> {
    const now = this.#runtime.now();
    const shard = Math.floor(this.#runtime.random() * SHARDS);
    const partitions = [...new Set([lagPartition(from, shard), lagPartition(now, shard)])];
    const first = String(Math.floor(from / WINDOW_MS));
    const items = await Promise.all(
      partitions.map((pk) => this.#table.query<LagItem>({ pk, from: first, consistent: true })),
    );
    return 1000 * Math.max(0, ...items.flat().map((item) => item.seconds));
  }
}
