import { FanOut } from '../src/fan-out/fan-out.ts';
import { createForget } from '../src/push/forget.ts';
import { Pusher } from '../src/push/pusher.ts';
import { GatewaySockets } from '../src/push/sockets.ts';
import { readSettings } from '../src/settings.ts';
import { createStores, realAmbient } from '../src/stores.ts';
import { FailureBucket } from '../src/stream/failure-bucket.ts';
import { createStreamHandler } from '../src/stream/handler.ts';
import { realPause } from '../src/table/backoff.ts';
import { connectTable } from '../src/table/client.ts';
import { Pace } from '../src/table/pace.ts';

const settings = readSettings(process.env);
const table = connectTable(settings.tableName);
const stores = createStores(table, settings);

const paceOf = (perSecond: number) => new Pace(perSecond, realAmbient.now, realPause.sleep);

export const handler = createStreamHandler({
  fanOut: new FanOut({
    ...stores,
    table,
    ambient: realAmbient,
    settings: settings.fanOut,
    pace: paceOf(settings.pace.writes),
  }),
  pusher: new Pusher({
    sockets: new GatewaySockets(),
    forget: createForget(stores),
    ambient: realAmbient,
    sleep: realPause.sleep,
    pace: paceOf(settings.pace.pushes),
  }),
  parking: new FailureBucket(settings.failureBucket, realAmbient.now),
  now: realAmbient.now,
});
