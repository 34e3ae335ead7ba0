import type { Presence } from '../../src/connections/presence.ts';
import { type Edge, followerItem, followingItem } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';

export const AUTHOR = 'popular';
const SEED_BATCH = 2_000;

export const nameOf = (at: number): string => `reader_${at}`;
export const connectionIdAt = (at: number): string => `socket-${at}`;

/** Followers of one author, all seen lately, the first of them connected, and connected strangers behind them. */
export const seedAudience = async (
  table: Table,
  followers: number,
  connected: number,
  strangers: number,
): Promise<void> => {
  const now = Date.now();
  const presence = (at: number, isConnected: boolean): Item & Presence & { version: number } => ({
    ...keys.presence(nameOf(at)),
    type: 'presence',
    username: nameOf(at),
    entriesFrom: 0,
    entriesUntil: now + 30 * 24 * 3_600_000,
    version: 1,
    connections: isConnected
      ? [{ connectionId: connectionIdAt(at), connectedAt: now - 60_000, authExpiresAt: now + 3_600_000 }]
      : [],
  });
  const items: Item[] = [];
  for (let at = 0; at < followers; at++) {
    const edge: Edge = {
      author: AUTHOR,
      follower: nameOf(at),
      muted: false,
      since: now,
      delivery: 'entry',
      warmFrom: 0,
    };
    items.push(followerItem(edge), followingItem(edge), presence(at, at < connected));
  }
  for (let at = followers; at < followers + strangers; at++) items.push(presence(at, true));
  for (let at = 0; at < items.length; at += SEED_BATCH) {
    await table.batchWrite(
      items.slice(at, at + SEED_BATCH).map((put) => ({ put })),
      {
        deadline: Number.POSITIVE_INFINITY,
      },
    );
  }
};
