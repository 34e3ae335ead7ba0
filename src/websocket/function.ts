import { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import type { Sockets } from '../push/sockets.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Settings } from '../settings.ts';
import { createStores } from '../stores.ts';
import type { Table } from '../table/table.ts';
import { FrameLimiter } from './frame-limiter.ts';
import { createWebSocketHandler } from './handler.ts';
import { Resumer } from './resume.ts';

interface Dependencies {
  settings: Settings;
  table: Table;
  sockets: Sockets;
  runtime: Runtime;
}

/** Creates the WebSocket function of one Lambda environment with all its stores. */
export const createWebSocketFunction = ({ settings, table, sockets, runtime }: Dependencies) => {
  const stores = createStores({ table, settings, runtime });
  return createWebSocketHandler({
    ...stores,
    frames: new FrameLimiter({ now: runtime.now, rate: settings.limits.frames }),
    resumer: new Resumer(stores),
    runtime,
    sockets,
    lifecycle: new ConnectionLifecycle({ ...stores, sockets, runtime }),
  });
};
