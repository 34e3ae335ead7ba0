import { type Counters, ownCountsWrite } from '../counters/counters.ts';
import { keys } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, done, retryOnConflict } from '../table/optimistic.ts';
import type { Condition, Item, Key, Table, Write } from '../table/table.ts';
import { type Edge, IS_FOLLOW, isFollow, unfollowWrites } from './edge.ts';

/** A block of a release that did not count them is not `counted`, until a migration counts it. */
export type BlockItem = Item & { type: 'block'; username: string; blocked: string; counted?: true };
export type BlockOutcome = { kind: 'blocked' } | { kind: 'too_many' };
/** Stands in the place of a follow that a block forbids: it takes the key that a follow would need. */
export type BarredItem = Item & { type: 'barred' };

type Pair = Pick<Edge, 'follower' | 'author'>;

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];
const IS_BARRED: Condition[] = [{ attribute: 'type', is: '=', value: 'barred' }];
const TRIES = 20;
/** A timeline reads past all of its reader's blocks, and a list of those whom somebody follows as well: 1,000 are at most 22 read units. */
export const MAX_BLOCKS = 1_000;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  counters: Counters;
}

/** Who blocks whom. A block ends the follows between the two and takes their keys, both in one transaction. */
export class BlockStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #counters: Counters;

  constructor({ table, runtime, counters }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#counters = counters;
  }

  /** Whoever was blocked can neither follow nor reply until unblocked. Blocking again changes nothing, also at the most blocks. */
  async block(username: string, blocked: string): Promise<BlockOutcome> {
    return this.#take(username, blocked);
  }

  /** Writes the keys for an existing block of an earlier release, and counts it; does nothing when the block was removed. */
  async takeKeys(username: string, blocked: string): Promise<void> {
    await this.#take(username, blocked, { onlyStanding: true });
  }

  /** Ends a block. Both may follow each other again, unless the other one has blocked too. */
  async unblock(username: string, blocked: string): Promise<void> {
    const wanted = [keys.block(username, blocked), keys.block(blocked, username), ...edgesBetween(username, blocked)];
    await retryOnConflict<void>(
      { runtime: this.#runtime, tries: TRIES, busy: 'The blocks between these two change too fast' },
      async () => {
        const [block, other, ...edges] = await this.#read(wanted);
        const [there, back] = edges.map((item): Write | undefined =>
          item?.type === 'barred' && !other ? { delete: { pk: item.pk, sk: item.sk }, when: IS_BARRED } : undefined,
        );
        if (!(block || there || back)) return done(undefined);
        const refused = await writeNamed(this.#table, {
          block: { delete: keys.block(username, blocked), when: asRead(block) },
          ...(isCounted(block) && { ownCounts: ownCountsWrite(username, { blocks: -1 }) }),
          ...(there && { there }),
          ...(back && { back }),
          ...((there ?? back) && { check: { check: keys.block(blocked, username), when: ABSENT } }),
        });
        return refused.size === 0 ? done(undefined) : AGAIN;
      },
    );
  }

  /** Whether a user and any of the others have blocked one another, either way round. */
  async isBlocked(username: string, others: string[]): Promise<boolean> {
    const blocks = others.flatMap((other) => [keys.block(username, other), keys.block(other, username)]);
    return (await this.#table.batchGet<BlockItem>(blocks, { consistent: true })).length > 0;
  }

  /** A new block is refused at the largest number of blocks. An existing one that is not counted yet is counted also then. */
  async #take(username: string, blocked: string, { onlyStanding = false } = {}): Promise<BlockOutcome> {
    const put: BlockItem = { ...keys.block(username, blocked), type: 'block', username, blocked, counted: true };
    const wanted = [keys.block(username, blocked), ...edgesBetween(username, blocked)];
    return retryOnConflict<BlockOutcome>(
      { runtime: this.#runtime, tries: TRIES, busy: 'The follows between these two change too fast' },
      async () => {
        const [block, ...found] = await this.#read(wanted);
        if (onlyStanding && !block) return done({ kind: 'blocked' });
        if (isCounted(block) && found.every((item) => item?.type === 'barred')) return done({ kind: 'blocked' });
        const [there, back] = found.map(isFollow);
        const by = { ...(there && { following: -1, ended: 1 }), ...(!isCounted(block) && { blocks: 1 }) };
        const below = block ? {} : { blocks: MAX_BLOCKS };
        // Refused when a follow came or went since the edges were read.
        const refused = await this.#moveIf(there, blocked, (ofBlocked) =>
          this.#moveIf(back, username, (ofUser) => {
            const [forwards, backwards] = pairsOf(username, blocked).map((pair, at) => bar(pair, found[at]));
            const numbered = Object.entries(backwards ?? {}).map(([name, write]) => [`${name} back`, write]);
            return writeNamed(this.#table, {
              block: { put, when: asRead(block) },
              ...forwards,
              ...(Object.keys(by).length > 0 && { ownCounts: ownCountsWrite(username, by, below) }),
              ...Object.fromEntries(numbered),
              ...(ofBlocked && { ofBlocked }),
              ...(ofUser && { ofUser }),
            });
          }),
        );
        if (refused.size === 0) return done({ kind: 'blocked' });
        if (refused.has('ownCounts') && !refused.has('block')) return done({ kind: 'too_many' });
        return AGAIN;
      },
    );
  }

  /** The items at these keys, in this order. */
  async #read(wanted: Key[]): Promise<(Item | undefined)[]> {
    const found = await this.#table.batchGet(wanted, { consistent: true });
    return wanted.map(({ pk, sk }) => found.find((item) => item.pk === pk && item.sk === sk));
  }

  #moveIf<Result>(
    isMoved: boolean | undefined,
    author: string,
    work: (write?: Write) => Promise<Result>,
  ): Promise<Result> {
    return isMoved ? this.#counters.move({ kind: 'user', username: author }, 'followers', -1, work) : work();
  }
}

/** Takes the key of a follow, and ends the follow that has it. */
const bar = (pair: Pair, found: Item | undefined): Record<string, Write> => {
  const put: BarredItem = { ...keys.following(pair.follower, pair.author), type: 'barred' };
  if (!isFollow(found)) return { following: { put, when: found ? IS_BARRED : ABSENT } };
  return { ...unfollowWrites(pair), following: { put, when: IS_FOLLOW } };
};

const isCounted = (block: Item | undefined): boolean => block !== undefined && 'counted' in block;

/** That nobody has made, counted or lifted the block since it was read, so that it is counted once. */
const asRead = (block: Item | undefined): Condition[] =>
  block ? [...PRESENT, { attribute: 'counted', is: isCounted(block) ? 'present' : 'absent' }] : ABSENT;

const pairsOf = (a: string, b: string): Pair[] => [
  { follower: a, author: b },
  { follower: b, author: a },
];

const edgesBetween = (a: string, b: string): Key[] =>
  pairsOf(a, b).map(({ follower, author }) => keys.following(follower, author));
