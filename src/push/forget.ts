import type { Connection } from '../connections/connection.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';

/** Deletes a closed connection, its subscriptions and its presence from the table. */
export const createForget =
  ({ connections, presence }: { connections: ConnectionStore; presence: PresenceStore }) =>
  async ({ connectionId, username }: Connection): Promise<void> => {
    await connections.remove(connectionId);
    await presence.disconnected(username, connectionId);
  };
