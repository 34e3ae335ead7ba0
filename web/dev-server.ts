import { join } from 'node:path';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { PageConfig } from './policy.ts';

/** Answers `/config.json`, for which there is no file. */
const serveConfig = (config: PageConfig): Plugin => ({
  name: 'config',
  configureServer: ({ middlewares }) => {
    middlewares.use('/config.json', (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(config));
    });
  },
});

/**
 * Serves the page from its sources: a saved change is on the screen at once. It does not set the page's policy, which would refuse
 * the scripts that Vite adds. `npm start` and the tests set the policy.
 * @param port 0 for any free port
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
