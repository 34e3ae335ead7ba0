import '../src/runtime/mapped-stack-traces.ts';
import { connectTable } from '../src/dynamodb/client.ts';
import { GatewaySockets } from '../src/push/sockets.ts';
import { realRuntime } from '../src/runtime/runtime.ts';
import { readSettings } from '../src/settings.ts';
import { createWebSocketFunction } from '../src/websocket/function.ts';

const settings = readSettings(process.env);

export const handler = createWebSocketFunction({
  settings,
  table: connectTable(settings.tableName),
  sockets: new GatewaySockets(),
  runtime: realRuntime,
});
