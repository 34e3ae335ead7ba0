import { createForget } from '../push/forget.ts';
import type { Sockets } from '../push/sockets.ts';
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
export const createRoutes = (deps: Stores & { sockets: Sockets }): Record<string, Route> => {
  const routes: Record<string, Route> = {
    ...thoughtRoutes(deps),
    ...reactionRoutes(deps),
    ...userRoutes(deps),
    ...handleRoutes(deps),
    ...exportRoutes(deps),
    ...erasureRoutes({ ...deps, forget: createForget(deps) }),
    ...conversationRoutes(deps),
    ...messageRoutes(deps),
    ...ticketRoutes(deps),
    ...imageRoutes(deps),
    ...connectionRoutes({ ...deps, forget: createForget(deps) }),
    ...docsRoutes(() => routes),
  };
  return routes;
};
