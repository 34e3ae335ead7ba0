import { Eraser } from '../erasure/eraser.ts';
import type { FailedRecords } from '../erasure/phases.ts';
import { FanOut } from '../fan-out/fan-out.ts';
import type { ImageObjects } from '../images/image-objects.ts';
import { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import { Pusher } from '../push/pusher.ts';
import type { Sockets } from '../push/sockets.ts';
import { RateLimiter } from '../runtime/rate-limiter.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Settings } from '../settings.ts';
import { createStores } from '../stores.ts';
import { BatchingTable } from '../table/batching-table.ts';
import type { Table } from '../table/table.ts';
import { createStreamHandler, type Parking } from './handler.ts';
import type { RecordMetrics } from './metrics.ts';

interface Dependencies {
  settings: Settings;
  table: Table;
  sockets: Sockets;
  parking: Parking;
  /** What the bucket of failed records has of a person; none where there is no bucket. */
  failures?: FailedRecords;
  /** The image bucket; by default the one that the settings name. */
  imageObjects?: ImageObjects;
  runtime: Runtime;
  note?: RecordMetrics | undefined;
}

const NONE: FailedRecords = { forget: async () => ({ erased: 0 }) };

/** Creates the stream function of one Lambda environment with all its stores. */
export const createStreamFunction = ({
  settings,
  sockets,
  parking,
  failures = NONE,
  runtime,
  note,
  ...deps
}: Dependencies) => {
  const table = new BatchingTable({ table: deps.table });
  const stores = createStores({ table, settings, runtime, imageObjects: deps.imageObjects });
  const lifecycle = new ConnectionLifecycle({ ...stores, sockets, runtime });
  const rateLimiter = new RateLimiter({ perSecond: settings.fanOutRates.pushes, runtime });
  return createStreamHandler({
    fanOut: new FanOut({ ...stores, table, runtime, settings: settings.fanOut }),
    eraser: new Eraser({ ...stores, table, runtime, lifecycle, failures, entryMs: settings.timelines.entryMs }),
    pusher: new Pusher({ sockets, runtime, rateLimiter }),
    lifecycle,
    parking,
    markMissed: (connectionId, channels) => stores.connections.markMissed(connectionId, channels),
    runtime,
    note,
  });
};
