import type { Stores } from '../stores.ts';
import type { Route } from './route.ts';
import { thoughtRoutes } from './routes/thoughts.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { userRoutes } from './routes/users.ts';

/** Every route, by the key under which serverless.yml lists it. */
export const createRoutes = (stores: Stores): Record<string, Route> => ({
  ...thoughtRoutes(stores),
  ...userRoutes(stores),
  ...ticketRoutes(stores),
});
