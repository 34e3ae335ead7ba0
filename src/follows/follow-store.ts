import type { Runtime } from '../runtime.ts';
import { countWrite } from '../table/counters.ts';
import { keys, lists } from '../table/keys.ts';
import { type Condition, type Item, type Table, TableBusyError, type Write } from '../table/table.ts';

export type FollowOutcome = { kind: 'following' } | { kind: 'unknown_user' } | { kind: 'blocked' };
export type MuteOutcome = { kind: 'done' } | { kind: 'not_following' };

/** One edge, as its two items tell it. */
export interface Follow {
  follower: string;
  author: string;
  /** The follower stays one, but wants neither to see nor to hear the author for now. */
  muted: boolean;
  /** Milliseconds since 1970. */
  since: number;
}

/** What stands between a reader and an author. */
export interface Relation {
  follows: boolean;
  muted: boolean;
  /** Either has blocked the other. */
  blocked: boolean;
}

export type FollowItem = Item & Follow & { type: 'following' | 'follower' };
type BlockItem = Item & { type: 'block'; username: string; blocked: string };

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];
const TRIES = 20;

/** Who follows, mutes and blocks whom. Both edges and both counters change in one transaction, or none. */
export class FollowStore {
  readonly #table: Table;
  readonly #runtime: Runtime;

  constructor(table: Table, runtime: Runtime) {
    this.#table = table;
    this.#runtime = runtime;
  }

  /** Following twice is following once. */
  async follow(follower: string, author: string): Promise<FollowOutcome> {
    const edge: Follow = { follower, author, muted: false, since: this.#runtime.now() };
    const outcome = await this.#table.write([
      { put: { ...keys.following(follower, author), type: 'following', ...edge } as FollowItem, when: ABSENT },
      { check: keys.profile(author), when: PRESENT },
      { check: keys.block(author, follower), when: ABSENT },
      { check: keys.block(follower, author), when: ABSENT },
      { put: { ...keys.follower(author, follower), type: 'follower', ...edge } as FollowItem },
      ...this.#counts(edge, 1),
    ]);
    if (outcome.kind === 'written' || outcome.refused.includes(0)) return { kind: 'following' };
    return outcome.refused.includes(1) ? { kind: 'unknown_user' } : { kind: 'blocked' };
  }

  /** Unfollowing whom one doesn't follow changes nothing. */
  async unfollow(follower: string, author: string): Promise<void> {
    await this.#table.write(this.#unfollowWrites({ follower, author }));
  }

  async setMuted(follower: string, author: string, muted: boolean): Promise<MuteOutcome> {
    const set = { muted };
    const outcome = await this.#table.write([
      { update: keys.following(follower, author), set, when: PRESENT },
      { update: keys.follower(author, follower), set, when: PRESENT },
    ]);
    return outcome.kind === 'written' ? { kind: 'done' } : { kind: 'not_following' };
  }

  /** Ends both follows. Whoever was blocked can neither follow nor reply until unblocked. */
  async block(username: string, blocked: string): Promise<void> {
    const item: BlockItem = { ...keys.block(username, blocked), type: 'block', username, blocked };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const edges = [
        { follower: username, author: blocked },
        { follower: blocked, author: username },
      ];
      const found = await this.#table.batchGet<FollowItem>(
        edges.map(({ follower, author }) => keys.following(follower, author)),
        { consistent: true },
      );
      const writes = edges.flatMap((edge): Write[] =>
        found.some((item) => item.follower === edge.follower)
          ? this.#unfollowWrites(edge)
          : [{ check: keys.following(edge.follower, edge.author), when: ABSENT }],
      );
      // Refused when a follow came or went since the edges were read.
      const outcome = await this.#table.write([{ put: item }, ...writes]);
      if (outcome.kind === 'written') return;
    }
    throw new TableBusyError('The follows between these two change too fast');
  }

  async unblock(username: string, blocked: string): Promise<void> {
    await this.#table.write([{ delete: keys.block(username, blocked) }]);
  }

  async relations(reader: string, authors: string[]): Promise<Map<string, Relation>> {
    const others = [...new Set(authors)].filter((author) => author !== reader);
    const [follows, blocks] = await Promise.all([
      this.#table.batchGet<FollowItem>(
        others.map((author) => keys.following(reader, author)),
        { consistent: true },
      ),
      this.#table.batchGet<BlockItem>(
        others.flatMap((author) => [keys.block(reader, author), keys.block(author, reader)]),
        { consistent: true },
      ),
    ]);
    const edges = new Map(follows.map((item) => [item.author, item]));
    const blocked = new Set(blocks.map((item) => (item.username === reader ? item.blocked : item.username)));
    return new Map(
      others.map((author) => {
        const edge = edges.get(author);
        return [author, { follows: edge !== undefined, muted: edge?.muted ?? false, blocked: blocked.has(author) }];
      }),
    );
  }

  /** Usernames, in the order of a hash that new followers don't disturb. */
  async followersOf(author: string, after: string | undefined, limit: number): Promise<string[]> {
    const items = await this.#table.query<FollowItem>({
      ...lists.followers(author),
      after: after && keys.follower(author, after).sk,
      limit,
    });
    return items.map((item) => item.follower);
  }

  /** Usernames, in their own order; all of them without a limit. */
  async followingOf(follower: string, after?: string, limit?: number): Promise<string[]> {
    const items = await this.#table.query<FollowItem>({
      ...lists.followingOf(follower),
      after: after && keys.following(follower, after).sk,
      consistent: true,
      ...(limit !== undefined && { limit }),
    });
    return items.map((item) => item.author);
  }

  #unfollowWrites({ follower, author }: Pick<Follow, 'follower' | 'author'>): Write[] {
    return [
      { delete: keys.following(follower, author), when: PRESENT },
      { delete: keys.follower(author, follower) },
      ...this.#counts({ follower, author }, -1),
    ];
  }

  #counts({ follower, author }: Pick<Follow, 'follower' | 'author'>, by: 1 | -1): Write[] {
    const random = this.#runtime.random();
    return [
      countWrite({ kind: 'user', username: author }, 'followers', by, random),
      countWrite({ kind: 'user', username: follower }, 'following', by, random),
    ];
  }
}
