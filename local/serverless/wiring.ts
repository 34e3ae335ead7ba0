import { resolve } from 'node:path';
import { readMappingSettings } from '../event-source-mapping/settings.ts';
import type { GatewayOptions } from '../gateway/gateway.ts';
import { type Names, resolveValue } from './cloudformation.ts';
import { lambdaEnvironment } from './environment.ts';
import type { ServiceEvents, StreamEvent } from './events.ts';
import { readDestination } from './failure-destination.ts';
import { findHandler } from './handler-file.ts';
import type { FunctionDefinition } from './lambda-function.ts';
import type { Mapping, Target } from './stack.ts';
import { tableOfArn } from './tables.ts';
import type { FunctionConfig, Options, Serverless } from './types.ts';

/** The WebSocket API of a service: the function of each route, and the authorizer of `$connect`. */
export const gatewayOf = (
  { sockets }: ServiceEvents,
  target: (functionName: string) => Target,
): Pick<GatewayOptions, 'routes' | 'authorizer'> => {
  const invoke = (name: string) => (event: unknown) => target(name).invoke(event);
  const authorizer = sockets.find(({ route }) => route === '$connect')?.authorizer;
  return {
    routes: sockets.map(({ functionName, route, answers }) => ({ route, answers, invoke: invoke(functionName) })),
    authorizer: authorizer && {
      name: authorizer.functionName,
      identitySources: authorizer.identitySources,
      invoke: invoke(authorizer.functionName),
    },
  };
};

/** The stream of an event of serverless.yml, with its settings. @throws Error for invalid settings, or a destination that Lambda refuses */
export const mappingOf = async (
  { functionName, arn, settings }: StreamEvent,
  names: Names,
  target: (functionName: string) => Target,
  streamOf: (table: string) => Promise<string | undefined>,
): Promise<{ kind: 'mapping'; mapping: Mapping } | { kind: 'skipped'; why: string }> => {
  const { destinations, ...others } = settings;
  const read = readMappingSettings(others);
  if (settings.enabled === false) return { kind: 'skipped', why: 'it is not enabled' };
  const resolved = resolveValue(arn, names);
  if (resolved.kind === 'unknown') return { kind: 'skipped', why: `only a deployment knows ${resolved.what}` };
  const table = tableOfArn(String(resolved.value));
  const streamArn = table && (await streamOf(table));
  if (!table || !streamArn) return { kind: 'skipped', why: `there is no table with a stream at ${resolved.value}` };
  const destination = readDestination(destinations, names);
  return { kind: 'mapping', mapping: { target: target(functionName), table, streamArn, settings: read, destination } };
};

const DEFAULT_TIMEOUT_S = 6;
const DEFAULT_MEMORY_MB = 1_024;
const WORKING_FOLDER = 'serverless-offline';

/** A function with its configuration in serverless.yml. @param environment its resolved variables */
export const functionOf = (
  serverless: Serverless,
  key: string,
  config: FunctionConfig,
  { environment, region, options }: { environment: Record<string, string>; region: string; options: Options },
): FunctionDefinition => {
  const { provider } = serverless.service;
  const name = config.name ?? key;
  const memoryMb = config.memorySize ?? provider.memorySize ?? DEFAULT_MEMORY_MB;
  const { handler } = config;
  if (!handler)
    throw new Error(
      `The function ${key} has no handler. Container images can't run here: give it a handler in serverless.yml`,
    );
  return {
    name,
    memoryMb,
    region,
    timeoutMs: (config.timeout ?? provider.timeout ?? DEFAULT_TIMEOUT_S) * 1_000,
    reservedConcurrency: config.reservedConcurrency,
    isInspected: options.inspectFunction === key,
    environment: {
      ...lambdaEnvironment(process.env, { functionName: name, handler, memoryMb, region }),
      ...environment,
    },
    // Read this late, because bundlers set it to the folder of their output.
    file: () => {
      const offline = serverless.service.custom?.[WORKING_FOLDER] as { location?: string } | undefined;
      const folder = serverless.config?.servicePath ?? serverless.serviceDir;
      return findHandler(resolve(folder, offline?.location ?? ''), handler);
    },
  };
};
