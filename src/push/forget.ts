import type { Connection, ConnectionStore } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';

/** Deletes a closed connection, its subscriptions and its presence from the table. */
export const createForget =
  ({ connections, presence }: { connections: ConnectionStore; presence: PresenceStore }) =>
  async ({ cid, username }: Connection): Promise<void> => {
    await connections.remove(cid);
    await presence.disconnected(username, cid);
  };
