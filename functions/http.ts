import { createHttpHandler } from '../src/http/handler.ts';
import { createRoutes } from '../src/http/routes.ts';
import { GatewaySockets } from '../src/push/sockets.ts';
import { readSettings } from '../src/settings.ts';
import { createStores } from '../src/stores.ts';
import { connectTable } from '../src/table/client.ts';

const settings = readSettings(process.env);
const stores = createStores(connectTable(settings.tableName), settings);

export const handler = createHttpHandler(createRoutes(stores, new GatewaySockets()), settings);
