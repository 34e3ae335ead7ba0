import { RecentMap } from '../recent-map.ts';
import { DAY, type Runtime, seconds } from '../runtime.ts';
import { keys } from '../table/keys.ts';
import { type Condition, type Item, type Table, TableBusyError, type Write } from '../table/table.ts';
import { decide } from './gcra.ts';
import type { LimitKind, Rates } from './rates.ts';

export type TakeOutcome =
  | { kind: 'granted' }
  /** @property waitMs after how many milliseconds the next one fits */
  | { kind: 'limited'; waitMs: number };

type LimitsItem = Item & { type: 'limits' } & Partial<Record<LimitKind, number>>;

/** Each try loses to another call of the same person. */
const TRIES = 8;
const REMEMBERED = 10_000;
/** The longest time after which a bucket is full again, so that what expires was full. */
const KEPT_MS = 2 * DAY;

/**
 * What each person may do, as token buckets in the table. A call that is granted costs one write unit; two writes and a read
 * when another environment of the function has served the same person a moment before. A call that is limited costs
 * nothing where that is known already: the number only grows, so what this process remembers never refuses wrongly.
 */
export class Limiter {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #rates: Rates;
  readonly #known = new RecentMap<string, number>(REMEMBERED);

  constructor(table: Table, runtime: Runtime, rates: Rates) {
    this.#table = table;
    this.#runtime = runtime;
    this.#rates = rates;
  }

  /** @throws TableBusyError when the same person calls from too many places at once */
  async take(username: string, kind: LimitKind): Promise<TakeOutcome> {
    const rate = this.#rates[kind];
    if (!rate) return { kind: 'granted' };
    const name = `${kind} ${username}`;
    let due = this.#known.get(name) ?? 0;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const now = this.#runtime.now();
      const decision = decide(due, now, rate);
      if (decision.kind === 'limited') {
        this.#known.set(name, due);
        return { kind: 'limited', waitMs: decision.until - now };
      }
      const write = due < now ? begin(username, kind, now, rate.everyMs) : goOn(username, kind, now, rate);
      if ((await this.#table.write([write])).kind === 'written') {
        this.#known.set(name, decision.due);
        return { kind: 'granted' };
      }
      const item = await this.#table.get<LimitsItem>(keys.limits(username), { consistent: true });
      due = item?.[kind] ?? 0;
    }
    throw new TableBusyError(`The ${kind} of ${username} come too fast`);
  }
}

/** The bucket is full: the first one after a pause. */
const begin = (username: string, kind: LimitKind, now: number, everyMs: number): Write => ({
  update: keys.limits(username),
  set: { ...common(now), [kind]: now + everyMs },
  when: [{ attribute: kind, is: 'absent or <', value: now }],
});

/**
 * The bucket is neither full nor empty, whatever others have taken meanwhile: so nobody has to read it before, and those
 * who come at once do not get in each other's way.
 */
const goOn = (
  username: string,
  kind: LimitKind,
  now: number,
  { burst, everyMs }: { burst: number; everyMs: number },
) => {
  const when: Condition[] = [
    { attribute: kind, is: '>=', value: now },
    { attribute: kind, is: '<=', value: now + (burst - 1) * everyMs },
  ];
  return { update: keys.limits(username), set: common(now), add: { [kind]: everyMs }, when };
};

const common = (now: number) => ({ type: 'limits', expiresAt: seconds(now + KEPT_MS) });
