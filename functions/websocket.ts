import { readSettings } from '../src/settings.ts';
import { createStores, realAmbient } from '../src/stores.ts';
import { connectTable } from '../src/table/client.ts';
import { createWebSocketHandler } from '../src/websocket/handler.ts';
import { Resumer } from '../src/websocket/resume.ts';

const settings = readSettings(process.env);
const stores = createStores(connectTable(settings.tableName), settings);

export const handler = createWebSocketHandler({
  ...stores,
  resumer: new Resumer(stores),
  ambient: realAmbient,
  // Hardly ever needed, so loaded only then.
  closeSocket: async (cid) => new (await import('../src/push/sockets.ts')).GatewaySockets().close(cid),
});
