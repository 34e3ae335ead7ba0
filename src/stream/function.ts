import { FanOut } from '../fan-out/fan-out.ts';
import { createForget } from '../push/forget.ts';
import { Pusher } from '../push/pusher.ts';
import type { Sockets } from '../push/sockets.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { createStores } from '../stores.ts';
import { GatheringTable } from '../table/gathering-table.ts';
import { Pace } from '../table/pace.ts';
import type { Table } from '../table/table.ts';
import { createStreamHandler, type Parking } from './handler.ts';
import type { NoteFigures } from './metrics.ts';

interface Dependencies {
  settings: Settings;
  table: Table;
  sockets: Sockets;
  parking: Parking;
  runtime: Runtime;
  note?: NoteFigures | undefined;
}

/** The stream function of one environment, with everything that it is made of. */
export const createStreamFunction = ({ settings, sockets, parking, runtime, note, ...deps }: Dependencies) => {
  const table = new GatheringTable(deps.table);
  const stores = createStores(table, settings, runtime);
  const pace = new Pace(settings.pace.pushes, runtime.now, runtime.sleep);
  return createStreamHandler({
    fanOut: new FanOut({ ...stores, table, runtime, settings: settings.fanOut }),
    pusher: new Pusher({ sockets, forget: createForget(stores), runtime, pace }),
    parking,
    markMissed: (cid, channels) => stores.connections.markMissed(cid, channels),
    now: runtime.now,
    note,
  });
};
