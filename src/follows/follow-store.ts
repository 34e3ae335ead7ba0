import { type Counters, ownCountsWrite } from '../counters/counters.ts';
import { keys, lists, namesOfEdge } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, done, retryOnConflict } from '../table/optimistic.ts';
import type { Condition, Table, Write } from '../table/table.ts';
import { type BarredItem, type BlockItem, MAX_BLOCKS } from './block-store.ts';
import {
  type Delivery,
  type Edge,
  type EdgeItem,
  followerItem,
  followingItem,
  IS_FOLLOW,
  isFollow,
  isSameEdge,
  NEVER,
  SOURCE_ATTRIBUTES,
  type Source,
  type SourceItem,
  toEdge,
  toSource,
  unfollowWrites,
} from './edge.ts';

export type FollowOutcome =
  | { kind: 'following' }
  | { kind: 'unknown_user' }
  | { kind: 'blocked' }
  | { kind: 'too_many' };
export type MuteOutcome = { kind: 'done' } | { kind: 'not_following' };

/** The relation of a reader to an author. */
export interface Relation {
  follows: boolean;
  muted: boolean;
  /** Either has blocked the other. */
  blocked: boolean;
}

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const TRIES = 20;
/** A timeline reads all of its reader's edges; 5,000 of them are 115 read units. */
export const MAX_FOLLOWS = 5_000;
const LIST_PAGE = 100;

export interface FollowSettings {
  /**
   * From reading the clock until entries are complete. At least the difference of two hosts' clocks plus the longest
   * time between reading the clock and the commit.
   */
  marginMs: number;
}

interface Dependencies {
  table: Table;
  runtime: Runtime;
  counters: Counters;
  settings: FollowSettings;
}

/** Who follows and mutes whom. Both edges and both counters change in one transaction, or none. */
export class FollowStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #counters: Counters;
  readonly #settings: FollowSettings;

  constructor({ table, runtime, counters, settings }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#counters = counters;
    this.#settings = settings;
  }

  /**
   * Following twice is following once. What a block forbids is refused by the key that the block has taken, so no other
   * item is checked in the transaction: on AWS, checks of an item conflict with each other.
   */
  async follow(follower: string, author: string, delivery: Delivery = 'entry'): Promise<FollowOutcome> {
    if (!(await this.#exists(author))) return { kind: 'unknown_user' };
    // Blocks of the first edition have not taken the key yet.
    if ((await this.relations(follower, [author])).get(author)?.blocked) return { kind: 'blocked' };
    const now = this.#runtime.now();
    const edge: Edge = {
      ...{ follower, author, delivery, muted: false, since: now },
      warmFrom: now + this.#settings.marginMs,
    };
    const refused = await this.#moveFollowers(author, 1, (followers, attempts) =>
      writeNamed(
        this.#table,
        {
          following: { put: followingItem(edge), when: ABSENT },
          follower: { put: followerItem(edge) },
          ownCounts: ownCountsWrite(follower, { following: 1 }, { following: MAX_FOLLOWS }),
          followers,
        },
        { attempts },
      ),
    );
    if (refused.size === 0) return { kind: 'following' };
    if (!refused.has('following')) return { kind: 'too_many' };
    const item = await this.#table.get(keys.following(follower, author), { consistent: true });
    return item?.type === 'barred' ? { kind: 'blocked' } : { kind: 'following' };
  }

  /** Unfollowing whom one doesn't follow changes nothing. */
  async unfollow(follower: string, author: string): Promise<void> {
    await this.#moveFollowers(author, -1, (followers, attempts) =>
      writeNamed(this.#table, { ...unfollowWrites({ follower, author }), followers }, { attempts }),
    );
  }

  /** Ends the follow of an author who is erased: the author's own number of followers is not kept any more. */
  async dropFollower(follower: string, author: string): Promise<void> {
    const refused = await writeNamed(this.#table, unfollowWrites({ follower, author }));
    // Half an edge, as a hand may have left it.
    if (refused.size > 0) await this.#table.write([{ delete: keys.follower(author, follower) }]);
  }

  /** While an edge is muted no entries are written; so an edge that is heard again is warm from then on only. */
  async setMuted(follower: string, author: string, muted: boolean): Promise<MuteOutcome> {
    return this.#change(follower, author, (edge, now) => {
      if (edge.muted === muted) return edge;
      return { ...edge, muted, ...(!muted && { warmFrom: now + this.#settings.marginMs }) };
    });
  }

  /** Has an author's thoughts delivered in this way from now on; an edge of the first edition becomes warm by it. */
  async setDelivery(follower: string, author: string, delivery: Delivery): Promise<MuteOutcome> {
    return this.#change(follower, author, (edge, now) =>
      edge.delivery === delivery && edge.warmFrom !== NEVER
        ? edge
        : { ...edge, delivery, warmFrom: now + this.#settings.marginMs },
    );
  }

  async relations(reader: string, authors: string[]): Promise<Map<string, Relation>> {
    const others = [...new Set(authors)].filter((author) => author !== reader);
    const [follows, blocks] = await Promise.all([
      this.#table.batchGet<EdgeItem>(
        others.map((author) => keys.following(reader, author)),
        { consistent: true },
      ),
      this.#table.batchGet<BlockItem>(
        others.flatMap((author) => [keys.block(reader, author), keys.block(author, reader)]),
        { consistent: true },
      ),
    ]);
    const edges = new Map(follows.filter(isFollow).map((item) => [namesOfEdge(item).author, item]));
    const blocked = new Set(blocks.map((item) => (item.username === reader ? item.blocked : item.username)));
    return new Map(
      others.map((author) => {
        const edge = edges.get(author);
        return [author, { follows: edge !== undefined, muted: edge?.muted ?? false, blocked: blocked.has(author) }];
      }),
    );
  }

  /** Those of the readers who see nothing of an author: one of the two has blocked the other, or the reader has muted. */
  async whoHides(author: string, readers: string[]): Promise<Set<string>> {
    const wanted = [...new Set(readers)].map((reader) => keys.following(reader, author));
    const items = await this.#table.batchGet<EdgeItem>(wanted);
    return new Set(items.filter(isHiding).map((item) => namesOfEdge(item).follower));
  }

  /** Those of some authors of whom a reader sees nothing: muted, or one of the two has blocked the other. Half a read unit each. */
  async hiddenAmong(authors: string[], reader: string): Promise<Set<string>> {
    const items = await this.#table.batchGet<EdgeItem>(authors.map((author) => keys.following(reader, author)));
    return new Set(items.filter(isHiding).map((item) => namesOfEdge(item).author));
  }

  /** Every edge of a reader. A block has ended the follows between two, so an edge implies that there is none. */
  async sourcesOf(reader: string): Promise<Source[]> {
    const items = await this.#table.query<SourceItem>({
      ...{ ...lists.followingOf(reader), consistent: true },
      ...{ where: IS_FOLLOW, attributes: [...SOURCE_ATTRIBUTES] },
    });
    return items.map(toSource);
  }

  /** How many follows of this user have ended, by whomever. It never falls. */
  async endedFollowsOf(follower: string): Promise<number> {
    return this.#counters.endedFollows(follower);
  }

  /** Usernames, in the order of a hash that new followers don't disturb. */
  async followersOf(author: string, after: string | undefined, limit: number): Promise<string[]> {
    const items = await this.#table.query<EdgeItem>({
      ...lists.followers(author),
      after: after && keys.follower(author, after).sk,
      limit,
    });
    return items.map((item) => namesOfEdge(item).follower);
  }

  /**
   * Usernames, in their own order; all of them without a limit. Items of blocks stand between them and are read past: a query
   * of 100 items, then queries of 1,000. A follower's own blocks make a page of up to 100 cost at most one more query. Blocks
   * by others have no bound: each 1,000 of them may cost one more query.
   */
  async followingOf(follower: string, after?: string, limit = Number.POSITIVE_INFINITY): Promise<string[]> {
    const found: string[] = [];
    let behind = after && keys.following(follower, after).sk;
    for (let step = LIST_PAGE; ; step = MAX_BLOCKS) {
      const query = { ...lists.followingOf(follower), after: behind, limit: step, consistent: true };
      const items = await this.#table.query<EdgeItem>(query);
      found.push(...items.filter(isFollow).map((item) => namesOfEdge(item).author));
      behind = items.at(-1)?.sk;
      if (items.length < step || found.length >= limit) return found.slice(0, limit);
    }
  }

  /** Changes both items of an edge in one transaction, refused and tried again when the edge was changed meanwhile. */
  async #change(follower: string, author: string, change: (edge: Edge, now: number) => Edge): Promise<MuteOutcome> {
    return retryOnConflict<MuteOutcome>(
      { runtime: this.#runtime, tries: TRIES, busy: 'The follow between these two changes too fast' },
      async () => {
        // The clock is read anew for each try: what counts is the time from here to the commit.
        const now = this.#runtime.now();
        const item = await this.#table.get<EdgeItem>(keys.following(follower, author), { consistent: true });
        if (!item || !isFollow(item)) return done({ kind: 'not_following' });
        const before = toEdge(item);
        const after = change(before, now);
        if (after === before) return done({ kind: 'done' });
        const refused = await writeNamed(this.#table, {
          following: { put: followingItem(after), when: [...IS_FOLLOW, ...isSameEdge(item)] },
          follower: { put: followerItem(after) },
        });
        return refused.size === 0 ? done({ kind: 'done' }) : AGAIN;
      },
    );
  }

  /** A replica may not have a new profile yet, so what is absent there is asked for again. */
  async #exists(username: string): Promise<boolean> {
    const profile = keys.profile(username);
    return ((await this.#table.get(profile)) ?? (await this.#table.get(profile, { consistent: true }))) !== undefined;
  }

  #moveFollowers<Result>(
    author: string,
    by: 1 | -1,
    work: (write: Write, attempts: number) => Promise<Result>,
  ): Promise<Result> {
    return this.#counters.move({ kind: 'user', username: author }, 'followers', by, work);
  }
}

/** Of an edge, or what stands in its place: whether it keeps the author's thoughts from the reader. */
const isHiding = (item: EdgeItem | BarredItem): boolean => item.type === 'barred' || item.muted;
