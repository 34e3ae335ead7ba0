import * as z from 'zod/mini';
import type { Count, Counters } from '../counters/counters.ts';
import { keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Item, Table } from '../table/table.ts';
import { type HeadItem, toHead } from '../thoughts/author-head.ts';
import { line, optionalText } from '../thoughts/text-schemas.ts';

/** What users say of themselves. */
export const ProfileEdit = z.strictObject({
  name: z.optional(line(50)),
  bio: z.optional(optionalText(500)),
});
export type ProfileEdit = z.infer<typeof ProfileEdit>;

export interface User {
  username: string;
  name: string;
  bio: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export type UserWithCounts = User & {
  counts: Pick<Record<Count, number>, 'followers' | 'following'> & { thoughts: number };
};

type ProfileItem = Item & User & { type: 'user' };

const toUser = ({ username, name, bio, createdAt }: ProfileItem): User => ({ username, name, bio, createdAt });

interface Dependencies {
  table: Table;
  runtime: Runtime;
  counters: Counters;
}

export class UserStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  readonly #counters: Counters;

  constructor({ table, runtime, counters }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#counters = counters;
  }

  /** Makes the profile of a user without an account, as seeds and tests need them. */
  async ensure(username: string): Promise<User> {
    const found = await this.#table.get<ProfileItem>(keys.profile(username));
    if (found) return toUser(found);
    const user = newProfile(username, this.#runtime.now());
    await this.#table.write([{ put: profileItem(user), when: [{ attribute: 'pk', is: 'absent' }] }]);
    return user;
  }

  async exists(username: string): Promise<boolean> {
    return (await this.#table.get<ProfileItem>(keys.profile(username), { consistent: true })) !== undefined;
  }

  /** The names without a profile. A replica may not have a new profile yet, so absent ones are read again consistently. */
  async unknownOf(usernames: string[]): Promise<string[]> {
    const missing = async (names: string[], consistent: boolean) => {
      const found = await this.#table.batchGet<ProfileItem>(names.map(keys.profile), { consistent });
      const known = new Set(found.map(({ username }) => username));
      return names.filter((name) => !known.has(name));
    };
    const absent = await missing(usernames, false);
    return absent.length > 0 ? missing(absent, true) : [];
  }

  async get(username: string): Promise<UserWithCounts | undefined> {
    const [item, head, counts] = await Promise.all([
      this.#table.get<ProfileItem>(keys.profile(username), { consistent: true }),
      this.#table.get<HeadItem>(keys.head(username), { consistent: true }),
      this.#counters.read({ kind: 'user', username }),
    ]);
    if (!item) return undefined;
    const { followers, following } = counts;
    const thoughts = counts.thoughts + toHead(username, head).thoughts;
    return { ...toUser(item), counts: { followers, following, thoughts } };
  }

  /** Changes what is given and leaves the rest. Nothing happens to a profile that is gone. */
  async edit(username: string, { name, bio }: ProfileEdit): Promise<void> {
    const set = { ...(name !== undefined && { name }), ...(bio !== undefined && { bio }) };
    if (Object.keys(set).length === 0) return;
    await this.#table.write([{ update: keys.profile(username), set, when: [{ attribute: 'pk', is: 'present' }] }]);
  }
}

export const newProfile = (username: string, nowMs: number): User => ({
  username,
  name: username,
  bio: '',
  createdAt: nowMs,
});

export const profileItem = (user: User): ProfileItem => ({ ...keys.profile(user.username), type: 'user', ...user });
