import type { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import type { Stores } from '../stores.ts';
import type { Route } from './route.ts';
import { connectionRoutes } from './routes/connections.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { docsRoutes } from './routes/docs.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { exportRoutes } from './routes/export.ts';
import { handleRoutes } from './routes/handles.ts';
import { imageRoutes } from './routes/images.ts';
import { messageRoutes } from './routes/messages.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { thoughtRoutes } from './routes/thoughts.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { userRoutes } from './routes/users.ts';

/** Every route, by the key under which serverless.yml lists it. */
export const createRoutes = (deps: Stores & { lifecycle: ConnectionLifecycle }): Record<string, Route> => {
  const routes: Record<string, Route> = {
    ...thoughtRoutes(deps),
    ...reactionRoutes(deps),
    ...userRoutes(deps),
    ...handleRoutes(deps),
    ...exportRoutes(deps),
    ...erasureRoutes(deps),
    ...conversationRoutes(deps),
    ...messageRoutes(deps),
    ...ticketRoutes(deps),
    ...imageRoutes(deps),
    ...connectionRoutes(deps),
    ...docsRoutes(() => routes),
  };
  return routes;
};
