import { fileURLToPath } from 'node:url';
import type { Names } from './cloudformation.ts';
import { PRELOAD } from './entries.ts';
import { credentials, resolveEnvironment } from './environment.ts';
import { readEvents, removeEvents, type ServiceEvents } from './events.ts';
import { destinationNames } from './failure-destination.ts';
import { LambdaFunction } from './lambda-function.ts';
import { OPTIONS, pseudoParameters, readSettings, type Settings, tableNames } from './settings.ts';
import { openGateway, startMapping, Tables, type Target } from './stack.ts';
import { readTables } from './tables.ts';
import type { Options, Plugin, Serverless } from './types.ts';
import { functionOf, gatewayOf, mappingOf } from './wiring.ts';

const PORTS_ADVICE = 'choose others with --dynamodbPort and --websocketPort';

/** Serves a service's DynamoDB streams and WebSocket events, and its tables, while `sls offline start` runs. */
export class StreamsAndSockets implements Plugin {
  readonly commands = {
    // The same command as serverless-offline's, so that it exists without serverless-offline too.
    offline: {
      usage: 'Runs the service on this machine',
      lifecycleEvents: ['start'],
      options: OPTIONS,
      commands: {
        start: {
          usage: 'Runs the service on this machine',
          lifecycleEvents: ['init', 'ready', 'end'],
          options: OPTIONS,
        },
      },
    },
  };

  readonly hooks = {
    'before:offline:start': () => this.#open(),
    'before:offline:start:init': () => this.#open(),
    'offline:start': () => this.#untilEnd(),
    'offline:start:ready': () => this.#untilEnd(),
  };

  readonly #serverless: Serverless;
  readonly #options: Options & { stage?: string; region?: string };
  readonly #report: (message: string) => void;
  /** Closed when the command ends, in reverse order. */
  readonly #stops: (() => unknown)[] = [];
  readonly #targets = new Map<string, LambdaFunction>();

  constructor(serverless: Serverless, options: Options, utils?: { log?: { notice?: (message: string) => void } }) {
    this.#serverless = serverless;
    this.#options = options;
    this.#report = utils?.log?.notice ?? ((message) => process.stderr.write(`${message}\n`));
  }

  async #open(): Promise<void> {
    const { service } = this.#serverless;
    const settings = readSettings(this.#serverless, this.#options, process.env);
    Object.assign(process.env, credentials(process.env));
    const events = readEvents(service.functions ?? {});
    removeEvents(service.functions ?? {});
    process.once('exit', () => this.#stopFunctions());
    try {
      const { tables, names } = await this.#openTables(settings);
      await this.#openSockets(events, tables, names, settings);
      await this.#startMappings(events, tables, names, settings);
    } catch (error) {
      const isPortTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (isPortTaken) (error as Error).message += `: ${PORTS_ADVICE}`;
      throw error;
    }
  }

  async #openTables(settings: Settings): Promise<{ tables: Tables; names: Names }> {
    const { service, resources = {} } = this.#serverless.service;
    const { dynamodbPort: port, dynamodbEndpoint: endpoint, dataDir, region } = settings;
    const pseudo = pseudoParameters(service, settings);
    const planned = readTables(resources.Resources ?? {}, pseudo);
    const tables = await Tables.open(planned, { endpoint, port, dataDir, region }, (reason) => {
      this.#report(reason);
      process.exit(1);
    });
    this.#stops.push(() => tables.close());
    this.#report(`DynamoDB: ${tables.endpoint} (${planned.map(({ name }) => name).join(', ') || 'no tables'})`);
    return { tables, names: { ...pseudo, ...tableNames(planned, region) } };
  }

  async #openSockets(events: ServiceEvents, tables: Tables, names: Names, settings: Settings): Promise<void> {
    const { stage, region, websocketPort } = settings;
    const { websocketsApiRouteSelectionExpression: routeSelectionExpression } = this.#serverless.service.provider;
    const options = { ...gatewayOf(events, (name) => this.#target(name)), stage, region, report: this.#report };
    const { gateway, host, certificateFile, removeFile } = await openGateway(
      { ...options, routeSelectionExpression },
      websocketPort,
    );
    process.once('exit', removeFile);
    this.#stops.push(() => gateway.close());
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: tables.endpoint,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `http://${host}/${stage}`,
    });
    this.#createFunctions(names, host, certificateFile, settings);
    if (events.sockets.length > 0) this.#report(`WebSocket: ws://${host}`);
  }

  #createFunctions(names: Names, host: string, certificateFile: string, settings: Settings): void {
    const { functions = {}, provider } = this.#serverless.service;
    const resolve = (environment: Record<string, unknown> | undefined) =>
      resolveEnvironment(environment, names, host, (name, what) =>
        this.#report(`The variable ${name} is left out: only a deployment knows ${what}`),
      );
    const shared = resolve(provider.environment);
    for (const [key, config] of Object.entries(functions)) {
      config.environment = resolve(config.environment);
      if (!config.handler) continue;
      const environment = { NODE_EXTRA_CA_CERTS: certificateFile, ...shared, ...config.environment };
      const { region } = settings;
      const definition = functionOf(this.#serverless, key, config, {
        environment: environment as Record<string, string>,
        region,
        options: settings,
      });
      this.#targets.set(key, new LambdaFunction(definition, this.#report));
    }
    // serverless-offline passes these variables to the functions that it runs.
    const options = [shared.NODE_OPTIONS, `--require ${fileURLToPath(PRELOAD)}`].filter(Boolean);
    provider.environment = { ...shared, NODE_OPTIONS: options.join(' ') };
  }

  async #startMappings(events: ServiceEvents, tables: Tables, names: Names, settings: Settings): Promise<void> {
    const known = { ...names, ...destinationNames(this.#serverless.service.resources?.Resources ?? {}, names) };
    for (const event of events.streams) {
      const target = (name: string) => this.#target(name);
      const outcome = await mappingOf(event, known, target, (table) => tables.streamOf(table));
      if (outcome.kind === 'skipped') {
        this.#report(`A stream of ${event.functionName} is not read: ${outcome.why}`);
        continue;
      }
      const mapping = await startMapping(tables, outcome.mapping, settings, this.#report);
      this.#stops.push(() => mapping.stop());
      this.#report(`Stream: ${outcome.mapping.table} → ${event.functionName}`);
    }
  }

  #target(key: string): Target {
    const target = this.#targets.get(key);
    if (!target) throw new Error(`There is no function ${key}`);
    return target;
  }

  /** When serverless-offline is there, it waits for the end. */
  async #untilEnd(): Promise<void> {
    const { plugins = [] } = this.#serverless.service;
    const names = Array.isArray(plugins) ? plugins : (plugins.modules ?? []);
    if (names.includes('serverless-offline')) return;
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    this.#stopFunctions();
    for (const stop of this.#stops.toReversed()) await stop();
  }

  #stopFunctions(): void {
    for (const target of this.#targets.values()) target.stop();
  }
}
