import type { Options } from './plugin-options.ts';
import { freePort, isFree } from './ports.ts';
import { refuse } from './refuse.ts';
import type { Ports } from './services.ts';

const MAX_PORT = 65_535;

const PORT_NAMES: Record<keyof Ports, string> = {
  http: 'HTTP',
  websocket: 'WebSocket',
  lambda: "serverless-offline's own",
  issuer: 'token issuer',
  dynamodb: 'DynamoDB',
  s3: 'buckets',
  page: 'page',
};

/**
 * The ports of a stack: those of the command line, free ones with `--freePorts`, or the usual ones.
 * @param usual `httpPort` and so on, as serverless.yml has them
 * @param engineRuns whether another program has the table's port already
 */
export const choosePorts = async (
  options: Options,
  usual: Record<string, unknown>,
  engineRuns: boolean,
): Promise<Ports> => {
  const ports = {} as Ports;
  for (const name of Object.keys(PORT_NAMES) as (keyof Ports)[]) {
    const chosen = options[`${name}Port`];
    ports[name] = Number(chosen ?? (options.freePorts ? await freePort() : usual[`${name}Port`]));
    if (!(Number.isInteger(ports[name]) && ports[name] >= 1 && ports[name] <= MAX_PORT))
      refuse(`--${name}Port takes a whole number from 1 to ${MAX_PORT}, and not "${chosen}".`);
    if (!(name === 'dynamodb' && engineRuns) && !(await isFree(ports[name]))) {
      const advice = `Stop what uses it, or choose another: npm start -- --${name}Port ${ports[name] + 100} (or --freePorts)`;
      refuse(`Port ${ports[name]} (${PORT_NAMES[name]}) is in use. ${advice}`);
    }
  }
  return ports;
};
