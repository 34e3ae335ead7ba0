import { join } from 'node:path';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { PageConfig } from './policy.ts';

/** Answers `/config.json`, which no file holds. */
const serveConfig = (config: PageConfig): Plugin => ({
  name: 'config',
  configureServer: ({ middlewares }) => {
    middlewares.use('/config.json', (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(config));
    });
  },
});

/**
 * Serves the page from its sources: what is saved is on the screen at once. Without the page's policy, which refuses what such
 * a server puts into a page; `npm start` and the tests have it.
 * @param port 0 for any that is free
 */
export const startDevServer = async (config: PageConfig, port: number): Promise<ViteDevServer> => {
  const server = await createServer({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    logLevel: 'warn',
    server: { host: '127.0.0.1', port, strictPort: port !== 0 },
    plugins: [serveConfig(config)],
  });
  return server.listen();
};
