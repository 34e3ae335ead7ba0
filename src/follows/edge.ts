import { ownCountsWrite } from '../counters/counters.ts';
import { authorOfFollow, keys, namesOfEdge } from '../keys/keys.ts';
import type { Condition, Item, Write } from '../table/table.ts';

/**
 * How an author's thoughts reach a follower's timeline. `entry`: the fan-out writes an entry for each. `push`: it writes
 * nothing, and the timeline is merged from the author's own list when it is read. Both are pushed to open connections.
 */
export type Delivery = 'entry' | 'push';

/** One follow, as its two items tell it. Times are milliseconds since 1970. */
export interface Edge {
  follower: string;
  author: string;
  /** The follower stays one, but wants neither to see nor to hear the author for now. */
  muted: boolean;
  since: number;
  delivery: Delivery;
  /** Thoughts that were made from this time on all have an entry. Raising it is always safe, lowering it never. */
  warmFrom: number;
}

/** What a timeline needs of an edge. */
export type Source = Pick<Edge, 'author' | 'muted' | 'delivery' | 'warmFrom'>;

/** The attributes of both items. The first edition wrote neither `delivery` nor `warmFrom`. */
type EdgeAttributes = Pick<Edge, 'muted' | 'since'> & Partial<Pick<Edge, 'delivery' | 'warmFrom'>>;
export type EdgeItem = Item & EdgeAttributes & { type: 'following' | 'follower' };

/** No entry of such an edge is relied on: its list is read from the author's partition. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export const toEdge = (item: EdgeItem): Edge => {
  const { muted, since, delivery = 'entry', warmFrom = NEVER } = item;
  return { ...namesOfEdge(item), muted, since, delivery, warmFrom };
};

/** What a timeline reads of an edge. A reader may have thousands of edges, and whole ones would make the answer twice as long. */
export const SOURCE_ATTRIBUTES = ['sk', 'muted', 'delivery', 'warmFrom'] as const;
export type SourceItem = Pick<EdgeItem, (typeof SOURCE_ATTRIBUTES)[number]>;

export const toSource = (item: SourceItem): Source => {
  const { muted, delivery = 'entry', warmFrom = NEVER } = item;
  return { author: authorOfFollow(item), muted, delivery, warmFrom };
};

/** The attributes of an edge's items; the names are in their keys. */
export const edgeAttributes = ({ muted, since, delivery, warmFrom }: Edge): EdgeAttributes => ({
  muted,
  since,
  delivery,
  ...(warmFrom !== NEVER && { warmFrom }),
});

/** The edge has not changed since it was read. Without this condition a change could restore an ended follow. */
export const isSameEdge = (item: EdgeItem): Condition[] =>
  (['muted', 'since', 'delivery', 'warmFrom'] as const).map((attribute): Condition => {
    const value = item[attribute];
    return value === undefined ? { attribute, is: 'absent' } : { attribute, is: '=', value };
  });

export const isFollow = (item: Item | undefined): item is EdgeItem => item?.type === 'following';

export const followingItem = (edge: Edge): EdgeItem => ({
  ...keys.following(edge.follower, edge.author),
  type: 'following',
  ...edgeAttributes(edge),
});

export const followerItem = (edge: Edge): EdgeItem => ({
  ...keys.follower(edge.author, edge.follower),
  type: 'follower',
  ...edgeAttributes(edge),
});

/** The item at the key is a follow, not a block. */
export const IS_FOLLOW: Condition[] = [{ attribute: 'type', is: '=', value: 'following' }];

/** What ends a follow, but for the author's number of followers, which is moved by `Counters`. */
export const unfollowWrites = ({ follower, author }: Pick<Edge, 'follower' | 'author'>): Record<string, Write> => ({
  following: { delete: keys.following(follower, author), when: IS_FOLLOW },
  follower: { delete: keys.follower(author, follower), when: [{ attribute: 'pk', is: 'present' }] },
  ownCounts: ownCountsWrite(follower, { following: -1, ended: 1 }),
});
