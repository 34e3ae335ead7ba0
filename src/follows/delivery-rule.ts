import type { Delivery } from './edge.ts';

/** What decides how an edge is delivered. `docs/operations.md` explains each setting. */
export interface DeliverySettings {
  /** An author who posts more often than this is merged on read. */
  pushPostsPerDay: number;
  /** An author with more followers than this is merged on read. */
  pushFollowers: number;
  /** At most this many of a reader's edges are merged on read, so that a page stays within its budget of read units. */
  maxPushEdges: number;
}

export interface DeliveryFacts {
  /** How it is delivered now; left out for a new edge. */
  now?: Delivery;
  postsPerDay: number;
  followers: number;
  /** How many of the reader's other edges are merged on read. */
  pushEdges: number;
}

/** An edge changes back to entries only when the author is this far below the limit, so that it does not change to and fro. */
const BACK_BELOW = 0.5;

/** The cheaper way to deliver an author's thoughts to a reader. */
export const decideDelivery = (
  { now, postsPerDay, followers, pushEdges }: DeliveryFacts,
  { pushPostsPerDay, pushFollowers, maxPushEdges }: DeliverySettings,
): Delivery => {
  if (pushEdges >= maxPushEdges) return 'entry';
  const share = now === 'push' ? BACK_BELOW : 1;
  return postsPerDay > pushPostsPerDay * share || followers > pushFollowers * share ? 'push' : 'entry';
};
