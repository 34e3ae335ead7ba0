import type { ConnectionLifecycle } from '../../push/connection-lifecycle.ts';
import { route } from '../route.ts';

interface Dependencies {
  lifecycle: ConnectionLifecycle;
}

export const connectionRoutes = ({ lifecycle }: Dependencies) => ({
  'DELETE /connections': route({
    summary: "Close all of one's WebSocket connections",
    auth: 'user',
    limit: 'tickets',
    responses: { 204: 'Closed' },
    async handle(_, { username }) {
      await lifecycle.closeAllOf(username);
      return { status: 204 };
    },
  }),
});
