import { expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../../web/dev-server.ts';

it('the page is served from its sources, with the configuration of a stack', async () => {
  const config = {
    apiUrl: 'http://api',
    websocketUrl: 'ws://live',
    issuer: 'http://issuer',
    clientId: 'c',
    scope: 's',
  };
  const server = await startDevServer(config, 0);
  onTestFinished(() => server.close());
  const [url = ''] = server.resolvedUrls?.local ?? [];
  const get = async (path: string) => (await fetch(new URL(path, url))).text();
  expect(JSON.parse(await get('/config.json'))).toEqual(config);
  // What reloads the page when a file is saved.
  expect(await get('/people/alice')).toContain('/@vite/client');
  expect(await get('/src/config.ts')).toContain('readConfig');
}, 30_000);
