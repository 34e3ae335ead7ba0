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
  /** Closes a socket from this side; `last` is a frame that is sent before. */
  closeSocket: (connectionId: string, last: string) => Promise<void>;
  /** Sends a frame to a connection, if it is there. */
  pushFrame: (connectionId: string, frame: string) => Promise<unknown>;
  runtime: Runtime;
}

/** The WebSocket function of one environment, with everything that it is made of. */
export const createWebSocketFunction = ({ settings, table, runtime, ...sockets }: Dependencies) => {
  const stores = createStores({ table, settings, runtime });
  return createWebSocketHandler({
    ...stores,
    frames: new FrameLimiter({ now: runtime.now, rate: settings.limits.frames }),
    resumer: new Resumer(stores),
    runtime,
    ...sockets,
  });
};
