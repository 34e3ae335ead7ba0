import type { Connection } from '../../connections/connection.ts';
import type { PresenceStore } from '../../connections/presence-store.ts';
import { errorFrame } from '../../protocol/error-frame.ts';
import type { Sockets } from '../../push/sockets.ts';
import { route } from '../route.ts';

interface Dependencies {
  presence: PresenceStore;
  sockets: Sockets;
  /** Takes every trace of a connection out of the table. */
  forget: (connection: Connection) => Promise<void>;
}

export const connectionRoutes = ({ presence, sockets, forget }: Dependencies) => ({
  'DELETE /connections': route({
    summary: "Close all of one's WebSocket connections",
    auth: 'user',
    limit: 'tickets',
    responses: { 204: 'Closed' },
    async handle(_, { username }) {
      const present = (await presence.of([username], { consistent: true })).get(username);
      for (const connection of present?.connections ?? []) {
        await sockets.close(connection.connectionId, JSON.stringify(errorFrame('signed_out')));
        await forget({ username, ...connection });
      }
      return { status: 204 };
    },
  }),
});
