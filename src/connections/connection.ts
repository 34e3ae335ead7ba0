import { connectionIdOf } from '../keys/keys.ts';
import type { Key } from '../table/table.ts';
import type { LiveConnection } from './presence.ts';

export interface Connection extends LiveConnection {
  username: string;
}

/** Whether the login that has opened a connection has ended. */
export const hasLoginEnded = ({ authExpiresAt }: Connection, nowMs: number): boolean => authExpiresAt <= nowMs;

/** A connection, or one of its subscriptions, as an item. The id is in the key. */
export type StoredConnection = Key & Omit<Connection, 'connectionId'>;

/** A connection in its user's presence. The release before wrote its id as `cid`. */
export type PresentConnection = Omit<LiveConnection, 'connectionId'> & ({ connectionId: string } | { cid: string });

/**
 * The id as the release before reads it. Both releases answer for some minutes while a release is rolled out: without `cid`,
 * the other would push to nobody and take the connection for closed. The release after this one neither writes nor reads it.
 */
const earlierId = (connectionId: string): { cid: string } => ({ cid: connectionId });

/** The attributes of a connection's item, and of its subscriptions' items. */
export const connectionAttributes = ({ connectionId, username, connectedAt, authExpiresAt }: Connection) => ({
  ...earlierId(connectionId),
  username,
  connectedAt,
  authExpiresAt,
});

export const toConnection = ({ pk, sk, username, connectedAt, authExpiresAt }: StoredConnection): Connection => ({
  connectionId: connectionIdOf({ pk, sk }),
  username,
  connectedAt,
  authExpiresAt,
});

export const toPresentConnection = ({
  connectionId,
  connectedAt,
  authExpiresAt,
}: LiveConnection): PresentConnection => ({
  connectionId,
  ...earlierId(connectionId),
  connectedAt,
  authExpiresAt,
});

export const toLiveConnection = (stored: PresentConnection): LiveConnection => ({
  connectionId: 'connectionId' in stored ? stored.connectionId : stored.cid,
  connectedAt: stored.connectedAt,
  authExpiresAt: stored.authExpiresAt,
});
