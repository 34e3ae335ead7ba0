import type { Route } from '../../src/http/route.ts';
import { createRoutes } from '../../src/http/routes.ts';
import { socketsOf } from './fake-sockets.ts';
import { MemoryTable } from './memory-table.ts';
import { createWorld } from './world.ts';

/** Every route, on a table in memory. */
export const memoryRoutes = (): Record<string, Route> => {
  const world = createWorld(new MemoryTable());
  return createRoutes({ ...world, ...socketsOf(world) });
};
