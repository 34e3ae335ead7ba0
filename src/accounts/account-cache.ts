import { RecentMap } from '../runtime/recent-map.ts';
import { MINUTE } from '../runtime/runtime.ts';
import type { Account } from './account.ts';

/** For how long a process trusts what it has read of an account. An erasure waits for longer than this. */
export const ACCOUNT_CACHE_MS = MINUTE;
const MAX_ACCOUNTS = 10_000;

interface Dependencies {
  now: () => number;
}

/** The accounts that this process has read lately. */
export class AccountCache {
  readonly #now: () => number;
  readonly #known = new RecentMap<string, { account: Account; readAt: number }>(MAX_ACCOUNTS);

  constructor({ now }: Dependencies) {
    this.#now = now;
  }

  get(identity: string): Account | undefined {
    const known = this.#known.get(identity);
    return known && this.#now() - known.readAt < ACCOUNT_CACHE_MS ? known.account : undefined;
  }

  /** @param readAt when the reading began, in milliseconds since 1970 */
  remember(identity: string, account: Account, readAt: number): void {
    this.#known.set(identity, { account, readAt });
  }

  forget(identity: string): void {
    this.#known.delete(identity);
  }
}
