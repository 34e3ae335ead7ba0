import { decide, overdraw } from '../limits/gcra.ts';
import type { TakeOutcome } from '../limits/limiter.ts';
import type { Rates } from '../limits/rates.ts';
import { RecentMap } from '../runtime/recent-map.ts';

const REMEMBERED = 10_000;
/** The network of an IPv6 address, which one caller has as a whole, is its first 64 bits: up to four groups. */
const NETWORK_GROUPS = 4;

interface Dependencies {
  now: () => number;
  rates: Rates;
}

/** Whose entries are counted together, and by which limit: many people may share an address. */
export interface ListCaller {
  name: string;
  limit: 'entries' | 'addresses';
}

/**
 * How much a caller may read. The gateway's throttles count requests alone. A call takes a token for each entry that it asks for, and when
 * it is done one more for each read unit beyond these. The count is this environment's own and costs no unit.
 */
export class EntryLimiter {
  readonly #now: () => number;
  readonly #rates: Rates;
  readonly #known = new RecentMap<string, number>(REMEMBERED);

  constructor({ now, rates }: Dependencies) {
    this.#now = now;
    this.#rates = rates;
  }

  /** @param caller see `personCaller` and `addressCaller` */
  take({ name, limit }: ListCaller, entries: number): TakeOutcome {
    const rate = this.#rates[limit];
    if (!rate) return { kind: 'granted' };
    const now = this.#now();
    const decision = decide(this.#known.get(name) ?? 0, now, rate, entries);
    if (decision.kind === 'limited') return { kind: 'limited', waitMs: decision.until - now };
    this.#known.set(name, decision.due);
    return { kind: 'granted' };
  }

  /** Takes tokens for what a granted call has read beyond its entries. They may be more than the caller has: then the next calls wait. */
  charge({ name, limit }: ListCaller, units: number): void {
    const rate = this.#rates[limit];
    if (rate && units > 0) this.#known.set(name, overdraw(this.#known.get(name) ?? 0, this.#now(), rate, units));
  }
}

export const personCaller = (username: string): ListCaller => ({ name: `person ${username}`, limit: 'entries' });

/** @param address as API Gateway tells it; undefined in a request that a test has made */
export const addressCaller = (address = ''): ListCaller => ({ name: networkOf(address), limit: 'addresses' });

const networkOf = (address: string): string => {
  if (!address.includes(':')) return `address ${address}`;
  const [start = ''] = address.split('::');
  return `network ${start.split(':').slice(0, NETWORK_GROUPS).join(':')}`;
};

/** The entries that a call asks for: the limit of its page, or how many names or ids it gives. */
export const entriesOf = (query: unknown): number => {
  const values = Object.values(query as Record<string, unknown>);
  const { limit } = query as { limit?: unknown };
  const named = values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 0), 0);
  return named + (typeof limit === 'number' ? limit : 0);
};
