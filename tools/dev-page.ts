import { parseArgs } from 'node:util';
import { refuse } from '../local/refuse.ts';
import { startDevServer } from '../web/dev-server.ts';
import type { PageConfig } from '../web/policy.ts';
import { configOf } from './deploy-page/page-files.ts';
import { stackOutputs } from './support/aws-stack.ts';

/**
 * `npm run web:dev`: the page from its sources, on the stack of `npm start`, or on a deployed one with `--stage dev`. To log in
 * there, its parameter `loginCallbacks` must have `http://localhost:3007/login/callback`, and the page be opened as `localhost`.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3007' },
    page: { type: 'string', default: 'http://127.0.0.1:3006' },
    stage: { type: 'string' },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port)) refuse('--port takes a whole number.');

/** The configuration of a running stack's page. */
const readConfig = async (page: string): Promise<PageConfig> => {
  const response = await fetch(`${page}/config.json`).catch(() => undefined);
  if (!response?.ok)
    throw new Error(
      `No stack serves its page at ${page}: start one with npm start, or give --page URL or --stage NAME`,
    );
  return (await response.json()) as PageConfig;
};

const config = values.stage === undefined ? await readConfig(values.page) : configOf(await stackOutputs(values.stage));
const server = await startDevServer(config, port);
process.stdout.write(`The page, as its sources are: ${server.resolvedUrls?.local[0]}\n`);
