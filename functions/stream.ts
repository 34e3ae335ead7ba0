import '../src/runtime/mapped-stack-traces.ts';
import { connectTable } from '../src/dynamodb/client.ts';
import { GatewaySockets } from '../src/push/sockets.ts';
import { realRuntime } from '../src/runtime/runtime.ts';
import { readSettings } from '../src/settings.ts';
import { FailureBucket } from '../src/stream/failure-bucket.ts';
import { createStreamFunction } from '../src/stream/function.ts';
import { metricsOf } from '../src/stream/metrics.ts';

const settings = readSettings(process.env);

const bucket = new FailureBucket({ name: settings.failureBucket, now: realRuntime.now });

export const handler = createStreamFunction({
  settings,
  table: connectTable(settings.tableName, settings.fanOutRates.writes),
  sockets: new GatewaySockets(),
  parking: bucket,
  failures: bucket,
  runtime: realRuntime,
  note: settings.metricsService === '' ? undefined : metricsOf(settings.metricsService),
});
