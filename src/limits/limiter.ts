import { keys } from '../keys/keys.ts';
import { RecentMap } from '../runtime/recent-map.ts';
import { DAY, type Runtime, seconds } from '../runtime/runtime.ts';
import { type Condition, type Item, type Table, TableBusyError, type Write } from '../table/table.ts';
import { decide, type Rate } from './gcra.ts';
import type { LimitKind, Rates } from './rates.ts';

export type TakeOutcome =
  | { kind: 'granted' }
  /**
   * @property waitMs after how many milliseconds the call fits; a little less when it takes several, and this process does not
   * know what the person has taken in others
   */
  | { kind: 'limited'; waitMs: number };

type LimitsItem = Item & { type: 'limits' } & Partial<Record<LimitKind, number>>;

/** A try fails when another call of the same person came first. */
const TRIES = 8;
const REMEMBERED = 10_000;
/** Longer than any bucket takes to be full again, so that an item which expires says nothing more. */
const KEPT_MS = 2 * DAY;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  rates: Rates;
}

/**
 * How often each person may do what, as token buckets in the table. A granted call costs one write unit, or two and a read
 * when another environment of the function has just served the same person. A limited call costs nothing when this process
 * knows already that the bucket is empty. Stored times only grow, so what it remembers never refuses wrongly.
 */
export class Limiter {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #rates: Rates;
  readonly #known = new RecentMap<string, number>(REMEMBERED);

  constructor({ table, runtime, rates }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#rates = rates;
  }

  /**
   * @param count how many tokens of the bucket the call takes
   * @throws TableBusyError when the same person calls from too many places at once
   */
  async take(username: string, kind: LimitKind, count = 1): Promise<TakeOutcome> {
    const rate = this.#rates[kind];
    if (!rate) return { kind: 'granted' };
    const name = `${kind} ${username}`;
    let due = this.#known.get(name) ?? 0;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const now = this.#runtime.now();
      const decision = decide(due, now, rate, count);
      if (decision.kind === 'limited') {
        this.#known.set(name, due);
        return { kind: 'limited', waitMs: decision.until - now };
      }
      const { taken } = decision;
      const write = due < now ? begin(username, kind, now, decision.due) : goOn(username, kind, now, rate, taken);
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

/** Takes from a full bucket: the first call after a pause. */
const begin = (username: string, kind: LimitKind, now: number, due: number): Write => ({
  update: keys.limits(username),
  set: { ...common(now), [kind]: due },
  when: [{ attribute: kind, is: 'absent or <', value: now }],
});

/**
 * Takes from a bucket that is not full and has enough, whatever other calls have taken meanwhile. So nobody has to read it
 * before, and calls that come at once do not conflict.
 */
const goOn = (username: string, kind: LimitKind, now: number, { burst, everyMs }: Rate, taken: number) => {
  const when: Condition[] = [
    { attribute: kind, is: '>=', value: now },
    { attribute: kind, is: '<=', value: now + (burst - taken) * everyMs },
  ];
  return { update: keys.limits(username), set: common(now), add: { [kind]: taken * everyMs }, when };
};

const common = (now: number) => ({ type: 'limits', expiresAt: seconds(now + KEPT_MS) });
