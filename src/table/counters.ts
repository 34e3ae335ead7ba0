import { type Counted, countPartition, keys } from './keys.ts';
import type { Item, Table, Write } from './table.ts';

/** What is counted: the first three of a user, the others of a thought. */
export type Count = 'followers' | 'following' | 'thoughts' | 'reactions' | 'replies';

/**
 * How many items a popular counter is spread over. One item takes 1,000 writes a second at the most.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const SHARDS = 8;

/**
 * Only their own user writes these, one at a time: one item is enough. It is none of the shards, so that a transaction
 * which moves both kinds of a user's counters never names an item twice.
 */
const SINGLE_WRITER: Count[] = ['following', 'thoughts'];
const SINGLE_WRITER_ITEM = SHARDS;

type CountItem = Item & Partial<Record<Count, number>>;

/**
 * The part of a transaction that moves a counter along with what it counts.
 * @param random in [0, 1): which shard
 */
export const countWrite = (of: Counted, count: Count, by: 1 | -1, random: number): Write => ({
  update: keys.count(of, SINGLE_WRITER.includes(count) ? SINGLE_WRITER_ITEM : Math.floor(random * SHARDS)),
  set: { type: 'count' },
  add: { [count]: by },
});

/** The sums over all shards of one subject's counters. */
export const readCounts = async (table: Table, of: Counted): Promise<Record<Count, number>> => {
  const shards = await table.query<CountItem>({ pk: countPartition(of), consistent: true });
  const sum = (count: Count) => shards.reduce((total, shard) => total + (shard[count] ?? 0), 0);
  return {
    followers: sum('followers'),
    following: sum('following'),
    thoughts: sum('thoughts'),
    reactions: sum('reactions'),
    replies: sum('replies'),
  };
};
