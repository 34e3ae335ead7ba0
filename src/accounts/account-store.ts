import { keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import type { Condition, Item, Table, Write } from '../table/table.ts';
import { newProfile, profileItem } from '../users/user-store.ts';
import type { Account } from './account.ts';
import { AccountCache } from './account-cache.ts';

export type ClaimOutcome =
  | { kind: 'claimed'; account: Account }
  /** The account has a handle already, which it keeps. */
  | { kind: 'has_another' }
  | { kind: 'taken' };

type AccountItem = Item & Account & { type: 'account'; createdAt: number };
/** Which account a handle belongs to. @property takenUntil milliseconds since 1970; from then on anybody may claim it */
type HandleItem = Item & { type: 'handle'; account?: string; takenUntil: number };

const FOR_EVER = Number.MAX_SAFE_INTEGER;
const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];

interface Dependencies {
  table: Table;
  runtime: Runtime;
}

/** Accounts and their handles: an account has one handle, and a handle one account. */
export class AccountStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #cache: AccountCache;

  constructor({ table, runtime }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#cache = new AccountCache({ now: runtime.now });
  }

  /** An eventually consistent read may not find a new account yet: then it is read again, consistently. */
  async find(identity: string): Promise<Account | undefined> {
    const known = this.#cache.get(identity);
    if (known) return known;
    const readAt = this.#runtime.now();
    const key = keys.account(identity);
    const item =
      (await this.#table.get<AccountItem>(key)) ?? (await this.#table.get<AccountItem>(key, { consistent: true }));
    if (!item) return undefined;
    const account: Account = { handle: item.handle, ...(item.erasingSince && { erasingSince: item.erasingSince }) };
    if (!item.erasingSince) this.#cache.remember(identity, account, readAt);
    return account;
  }

  /** Drops what this process remembers of an account, because it was changed. */
  forget(identity: string): void {
    this.#cache.forget(identity);
  }

  /**
   * Gives a handle to a login that has none: account, handle and profile are written in one transaction. Claiming the same
   * handle again changes nothing.
   * @param takesOverProfile whether the account also gets an existing profile of the first edition with this name
   */
  async claim(identity: string, handle: string, { takesOverProfile = false } = {}): Promise<ClaimOutcome> {
    const now = this.#runtime.now();
    const account: AccountItem = { ...keys.account(identity), type: 'account', handle, createdAt: now };
    const owner: HandleItem = { ...keys.handle(handle), type: 'handle', account: identity, takenUntil: FOR_EVER };
    const writes: Record<'account' | 'handle', Write> = {
      account: { put: account, when: ABSENT },
      handle: { put: owner, when: [{ attribute: 'takenUntil', is: 'absent or <', value: now }] },
    };
    const profile: Write = { put: profileItem(newProfile(handle, now)), when: ABSENT };
    const refused = await writeNamed(this.#table, { ...writes, profile });
    if (refused.size === 0) return { kind: 'claimed', account: { handle } };
    if (takesOverProfile && refused.size === 1 && refused.has('profile')) {
      if ((await writeNamed(this.#table, writes)).size === 0) return { kind: 'claimed', account: { handle } };
    }
    // Another request of the same person may have come first, or an earlier try of this one whose answer was lost.
    const existing = await this.find(identity);
    if (!existing) return { kind: 'taken' };
    return existing.handle === handle ? { kind: 'claimed', account: existing } : { kind: 'has_another' };
  }
}
