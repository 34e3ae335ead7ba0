import { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import type { Sockets } from '../push/sockets.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Settings } from '../settings.ts';
import { createStores } from '../stores.ts';
import type { Table } from '../table/table.ts';
import { EntryLimiter } from './entry-limiter.ts';
import { createHttpHandler } from './handler.ts';
import { createRoutes } from './routes.ts';

interface Dependencies {
  settings: Settings;
  table: Table;
  sockets: Sockets;
  runtime: Runtime;
}

/** Creates the HTTP function of one Lambda environment with all its stores. */
export const createHttpFunction = ({ settings, table, sockets, runtime }: Dependencies) => {
  const stores = createStores({ table, settings, runtime });
  const lifecycle = new ConnectionLifecycle({ ...stores, sockets, runtime });
  return createHttpHandler({
    routes: createRoutes({ ...stores, lifecycle }),
    ...stores,
    entryLimiter: new EntryLimiter({ now: runtime.now, rates: settings.limits }),
    login: settings.login,
  });
};
