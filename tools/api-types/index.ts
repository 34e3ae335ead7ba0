import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { openApi } from '../../src/http/openapi.ts';
import { createRoutes } from '../../src/http/routes.ts';
import type { ConnectionLifecycle } from '../../src/push/connection-lifecycle.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Table } from '../../src/table/table.ts';
import { apiTypes } from './types.ts';

const FILE = fileURLToPath(new URL('../../web/src/api/types.ts', import.meta.url));

/** `npm run web:types`: the page's types, made anew of the routes' schemas. No route is called, so none needs its table. */
const routes = createRoutes({
  ...createStores({ table: {} as Table, settings: readSettings({ TABLE_NAME: 'none' }) }),
  lifecycle: {} as ConnectionLifecycle,
});
writeFileSync(FILE, apiTypes(openApi(routes)));
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
execFileSync(process.execPath, [biome, 'format', '--write', FILE], { stdio: 'inherit' });
