import type { Route } from '../../src/http/route.ts';
import { createRoutes } from '../../src/http/routes.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import { FakeSockets } from './fake-sockets.ts';
import { MemoryTable } from './memory-table.ts';

/** Every route, on a table in memory. */
export const memoryRoutes = (): Record<string, Route> =>
  createRoutes({
    ...createStores({ table: new MemoryTable(), settings: readSettings({ TABLE_NAME: 'memory' }) }),
    sockets: new FakeSockets(),
  });
