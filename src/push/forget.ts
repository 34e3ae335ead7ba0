import type { Connection, ConnectionStore } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';

/** Takes a connection that is no more, its subscriptions and its presence out of the table. */
export const createForget =
  ({ connections, presence }: { connections: ConnectionStore; presence: PresenceStore }) =>
  async ({ cid, username }: Connection): Promise<void> => {
    await connections.remove(cid);
    await presence.disconnected(username, cid);
  };
