import type { Counters } from '../table/counters.ts';
import { keys } from '../table/keys.ts';
import { writeNamed } from '../table/named-writes.ts';
import { type Condition, type Item, type Table, TableBusyError, type Write } from '../table/table.ts';
import { type Edge, IS_FOLLOW, isFollow, unfollowWrites } from './edge.ts';

export type BlockItem = Item & { type: 'block'; username: string; blocked: string };
/** Stands in the place of a follow that a block forbids: it takes the key that a follow would need. */
export type BarredItem = Item & { type: 'barred' };

type Pair = Pick<Edge, 'follower' | 'author'>;

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];
const IS_BARRED: Condition[] = [{ attribute: 'type', is: '=', value: 'barred' }];
const TRIES = 20;

interface Dependencies {
  table: Table;
  counters: Counters;
}

/** Who blocks whom. A block ends the follows between the two and takes their keys, both in one transaction. */
export class BlockStore {
  readonly #table: Table;
  readonly #counters: Counters;

  constructor({ table, counters }: Dependencies) {
    this.#table = table;
    this.#counters = counters;
  }

  /** Whoever was blocked can neither follow nor reply until unblocked. */
  async block(username: string, blocked: string): Promise<void> {
    const item: BlockItem = { ...keys.block(username, blocked), type: 'block', username, blocked };
    await this.#take(username, blocked, { put: item });
  }

  /** Takes the keys for a block that stands already, as the first edition left it; nothing when it has been lifted. */
  async takeKeys(username: string, blocked: string): Promise<void> {
    await this.#take(username, blocked, { check: keys.block(username, blocked), when: PRESENT });
  }

  /** Ends a block. Both may follow each other again, unless the other one has blocked too. */
  async unblock(username: string, blocked: string): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const other = await this.#table.get(keys.block(blocked, username), { consistent: true });
      const block: Write = { delete: keys.block(username, blocked) };
      const found = other ? [] : await this.#found(pairsOf(username, blocked));
      const [there, back] = found.map((item): Write | undefined =>
        item?.type === 'barred' ? { delete: { pk: item.pk, sk: item.sk }, when: IS_BARRED } : undefined,
      );
      const check: Write | undefined = other ? undefined : { check: keys.block(blocked, username), when: ABSENT };
      const refused = await writeNamed(this.#table, {
        block,
        ...(there && { there }),
        ...(back && { back }),
        ...((there ?? back) && check && { check }),
      });
      if (refused.size === 0) return;
    }
    throw new TableBusyError('The blocks between these two change too fast');
  }

  /** Whether a user and any of the others have blocked one another, either way round. */
  async isBlocked(username: string, others: string[]): Promise<boolean> {
    const blocks = others.flatMap((other) => [keys.block(username, other), keys.block(other, username)]);
    return (await this.#table.batchGet<BlockItem>(blocks, { consistent: true })).length > 0;
  }

  /** @param block what is done with the block itself; nothing at all is done when it is refused */
  async #take(username: string, blocked: string, block: Write): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const found = await this.#found(pairsOf(username, blocked));
      const [there, back] = found.map(isFollow);
      if ('check' in block && found.every((item) => item?.type === 'barred')) return;
      // Refused when a follow came or went since the edges were read.
      const refused = await this.#moveIf(there, blocked, (ofBlocked) =>
        this.#moveIf(back, username, (ofUser) => {
          const [forwards, backwards] = pairsOf(username, blocked).map((pair, at) => bar(pair, found[at]));
          const numbered = Object.entries(backwards ?? {}).map(([name, write]) => [`${name} back`, write]);
          return writeNamed(this.#table, {
            block,
            ...forwards,
            ...Object.fromEntries(numbered),
            ...(ofBlocked && { ofBlocked }),
            ...(ofUser && { ofUser }),
          });
        }),
      );
      if (refused.size === 0 || refused.has('block')) return;
    }
    throw new TableBusyError('The follows between these two change too fast');
  }

  async #found(pairs: Pair[]): Promise<(Item | undefined)[]> {
    const wanted = pairs.map(({ follower, author }) => keys.following(follower, author));
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

const pairsOf = (a: string, b: string): Pair[] => [
  { follower: a, author: b },
  { follower: b, author: a },
];
