import type { Stores } from '../stores.ts';
import type { Route } from './route.ts';
import { docsRoutes } from './routes/docs.ts';
import { imageRoutes } from './routes/images.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { thoughtRoutes } from './routes/thoughts.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { userRoutes } from './routes/users.ts';

/** Every route, by the key under which serverless.yml lists it. */
export const createRoutes = (stores: Stores): Record<string, Route> => {
  const routes: Record<string, Route> = {
    ...thoughtRoutes(stores),
    ...reactionRoutes(stores),
    ...userRoutes(stores),
    ...ticketRoutes(stores),
    ...imageRoutes(stores),
    ...docsRoutes(() => routes),
  };
  return routes;
};
