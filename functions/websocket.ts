import { realRuntime } from '../src/runtime.ts';
import { readSettings } from '../src/settings.ts';
import { connectTable } from '../src/table/client.ts';
import { createWebSocketFunction } from '../src/websocket/function.ts';

const settings = readSettings(process.env);

export const handler = createWebSocketFunction({
  settings,
  table: connectTable(settings.tableName),
  // Rarely needed, so loaded only then.
  closeSocket: async (cid, last) => new (await import('../src/push/sockets.ts')).GatewaySockets().close(cid, last),
  runtime: realRuntime,
});
