import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from './dynamodb/answers.ts';
import type { TableResource } from './dynamodb/create-table.ts';
import type { EngineKind } from './dynamodb/data-folder.ts';
import { findJava } from './dynamodb/java.ts';
import { engineKind } from './dynamodb/start-engine.ts';
import { Injector, readFaults } from './faults/injector.ts';
import type { GatewayRoute } from './gateway/routes.ts';
import { LocalFunction } from './local-function.ts';
import { type MockResource, mockRoutes } from './mock-routes.ts';
import { freePort, isFree } from './ports.ts';
import { type Ports, Services, type Wiring } from './services.ts';
import { functionEnvironment, readStack, removeStack, STACK_FILE, writeStack } from './stack.ts';
import { answerQuestions } from './stack-control.ts';
import { startupMessage } from './startup-message.ts';

interface FunctionConfig {
  handler: string;
  timeout?: number;
  events: {
    websocket?: { route: string; routeResponseSelectionExpression?: string };
    stream?: Record<string, unknown> & { type: string; arn: unknown };
  }[];
}

/** As much of the framework as this plugin touches. */
interface Serverless {
  serviceDir: string;
  processedInput: { commands: string[] };
  service: {
    custom: Record<string, Record<string, unknown>>;
    provider: { stage: string; timeout?: number; environment: Record<string, unknown> };
    functions: Record<string, FunctionConfig>;
    resources: {
      Resources: Record<string, TableResource & MockResource>;
      extensions?: Record<string, { Properties: object }>;
    };
  };
}

type Options = {
  aws?: boolean;
  data?: string;
  engine?: string;
  ttlDelay?: string;
  state?: string;
  freePorts?: boolean;
  faults?: string;
  seed?: string;
} & { [Name in keyof Ports as `${Name}Port`]?: string };

const OPTIONS = {
  aws: { type: 'boolean', usage: "Use AWS and not the laptop's services" },
  data: { type: 'string', usage: 'Keep the data in this folder; in memory when left out' },
  engine: { type: 'string', usage: 'What keeps the table: embedded (needs nothing), or dynamodb-local (needs Java)' },
  ttlDelay: { type: 'string', usage: "Seconds from an item's time to live until it goes (default: 0)" },
  state: { type: 'string', usage: `Where to note the URLs (default: ${STACK_FILE})` },
  freePorts: { type: 'boolean', usage: 'Take free ports in place of the usual ones' },
  faults: { type: 'string', usage: 'A file that says how likely each fault is (local/faults/faults.yml)' },
  seed: { type: 'string', usage: 'With --faults: the same seed, the same chances' },
  issuerPort: { type: 'string', usage: 'Port of the token issuer' },
  dynamodbPort: { type: 'string', usage: 'Port of the table' },
  s3Port: { type: 'string', usage: 'Port of the buckets' },
  pagePort: { type: 'string', usage: 'Port of the page' },
};

const PORT_NAMES: Record<keyof Ports, string> = {
  http: 'HTTP',
  websocket: 'WebSocket',
  lambda: "serverless-offline's own",
  issuer: 'token issuer',
  dynamodb: 'DynamoDB',
  s3: 'buckets',
  page: 'page',
};

const SHUTDOWN_MS = 3_000;
const HTTP_START_MS = 30_000;

/** Lets `sls offline` and `sls invoke local` use a laptop's services. `sls deploy` and `sls package` never notice it. */
export class ServerlessPlugin {
  readonly commands = {
    offline: { options: OPTIONS, commands: { start: { options: OPTIONS } } },
    invoke: { commands: { local: { options: { aws: OPTIONS.aws, state: OPTIONS.state } } } },
  };

  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  readonly #options: Options;
  readonly #startedAt = performance.now();

  constructor(serverless: Serverless, options: Options) {
    this.#serverless = serverless;
    this.#options = options;
    this.hooks = {
      initialize: async () => {
        const command = serverless.processedInput.commands.join(' ');
        if (options.aws) return;
        if (command === 'offline' || command === 'offline start') await this.#startOffline();
        if (command === 'invoke local') await this.#useRunningStack();
      },
    };
  }

  /** HTTP is serverless-offline's; this takes the WebSocket and stream events, which it knows less of, off its hands. */
  async #startOffline(): Promise<void> {
    const { service } = this.#serverless;
    this.#own('esbuild').outputWorkFolder = join('.esbuild', String(process.pid));
    const dynamodbEndpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
    const engine = this.#engine();
    if (engine === 'dynamodb-local' && !dynamodbEndpoint) {
      const java = findJava();
      if (java.kind === 'unusable') refuse(java.advice);
    }
    const ports = await this.#ports(dynamodbEndpoint !== undefined);
    const wiring = this.#wiring();
    const report = (message: string) => process.stderr.write(`${message}\n`);
    const faults = await this.#faults(report);
    const endpoint = dynamodbEndpoint ?? `http://127.0.0.1:${ports.dynamodb}`;
    const planned = {
      dynamodb: faults ? `http://127.0.0.1:${faults.proxyPort}` : endpoint,
      s3: `http://127.0.0.1:${ports.s3}`,
      management: `http://127.0.0.1:${ports.websocket}`,
      table: String(this.#own('').tableName),
    };
    this.#setEnvironment(functionEnvironment(planned));
    process.env.LOCAL_ISSUER_URL = `http://127.0.0.1:${ports.issuer}`;
    process.once('exit', () => rmSync(join('.esbuild', String(process.pid)), { recursive: true, force: true }));
    process.once('disconnect', () => process.exit(0));
    // What is under way gets a moment; then the end comes, and takes the engine with it.
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => setTimeout(() => process.exit(0), SHUTDOWN_MS).unref());
    }
    const table = service.resources.Resources.Table;
    if (!table) refuse('serverless.yml has no resource named Table');
    const starting = Services.start(
      {
        ports,
        stage: service.provider.stage,
        tableName: planned.table,
        table,
        dataDir: this.#options.data,
        dynamodbEndpoint,
        engine,
        expiryDelayMs: Number(this.#options.ttlDelay ?? 0) * 1_000,
        onEngineEnd: refuse,
        faults,
        report,
      },
      wiring,
    );
    // The bundles and HTTP come up meanwhile; the framework blocks until it is told to end.
    starting
      .then((services) => {
        answerQuestions(services, faults?.injector);
        return this.#announce(services);
      })
      .catch((error: Error) => {
        report(error.message);
        process.exit(1);
      });
  }

  async #announce(services: Services): Promise<void> {
    const { stack } = services;
    const deadline = Date.now() + HTTP_START_MS;
    while (!(await answers(stack.http))) {
      if (Date.now() > deadline) throw new Error(`HTTP did not come up at ${stack.http}`);
      await sleep(25);
    }
    // HTTP comes up when the functions are bundled. A stream that was left in the middle has records for them at once.
    await services.readStreams();
    const path = this.#options.state ?? STACK_FILE;
    writeStack(path, stack);
    process.once('exit', () => removeStack(path));
    // A parent says by itself that the stack is ready; without one this does.
    if (process.send) process.send({ kind: 'ready', stack });
    else process.stdout.write(await startupMessage(stack, performance.now() - this.#startedAt));
  }

  async #faults(report: (message: string) => void) {
    const { faults, seed = String(Date.now() % 1_000_000) } = this.#options;
    if (faults === undefined) return undefined;
    report(`Faults of ${faults}, seed ${seed}`);
    const injector = new Injector(readFaults(faults), Number(seed));
    if (injector.faults.engine.restart > 0 && this.#options.data === undefined) {
      report('The engine is not restarted: in memory it would forget everything. --data DIR keeps the data.');
    }
    return { injector, proxyPort: await freePort() };
  }

  #engine(): EngineKind {
    try {
      return engineKind(this.#options.engine ?? process.env.ENGINE);
    } catch (error) {
      refuse((error as Error).message);
    }
  }

  async #useRunningStack(): Promise<void> {
    const stack = readStack(this.#options.state);
    if (!stack || !(await answers(stack.dynamodb))) {
      refuse('No stack is running here. Start one with `npm start`, then try again.');
    }
    this.#setEnvironment(functionEnvironment(stack));
  }

  /** In the place of what serverless.yml asks CloudFormation for. */
  #setEnvironment(environment: Record<string, string>): void {
    const { provider } = this.#serverless.service;
    const plain = Object.entries(provider.environment).filter(([, value]) => typeof value !== 'object');
    provider.environment = { ...Object.fromEntries(plain), ...environment };
    Object.assign(process.env, environment);
  }

  async #ports(engineRuns: boolean): Promise<Ports> {
    const offline = this.#own('serverless-offline');
    const local = this.#own('local');
    const usual = { ...offline, ...local } as Record<string, unknown>;
    const ports = {} as Ports;
    for (const name of Object.keys(PORT_NAMES) as (keyof Ports)[]) {
      const chosen = this.#options[`${name}Port`];
      ports[name] = Number(chosen ?? (this.#options.freePorts ? await freePort() : usual[`${name}Port`]));
      if (!(name === 'dynamodb' && engineRuns) && !(await isFree(ports[name]))) {
        const advice = `Stop what uses it, or choose another: npm start -- --${name}Port ${ports[name] + 100} (or --freePorts)`;
        refuse(`Port ${ports[name]} (${PORT_NAMES[name]}) is in use. ${advice}`);
      }
    }
    Object.assign(offline, { httpPort: ports.http, websocketPort: ports.websocket, lambdaPort: ports.lambda });
    return ports;
  }

  /** Reads which functions the WebSocket and stream events go to, and takes these events out of the service. */
  #wiring(): Wiring {
    const { service, serviceDir } = this.#serverless;
    const bundles = resolve(serviceDir, '.esbuild', String(process.pid), '.build');
    const extensions = Object.entries(service.resources.extensions ?? {});
    const routes: GatewayRoute[] = [];
    const streams: Wiring['streams'] = [];
    for (const [name, config] of Object.entries(service.functions)) {
      const timeout = config.timeout ?? service.provider.timeout ?? 6;
      const mappingId = `${name.charAt(0).toUpperCase()}${name.slice(1)}EventSourceMapping`;
      const hasDestination = extensions.some(
        ([id, { Properties }]) => id.startsWith(mappingId) && 'DestinationConfig' in Properties,
      );
      const target = new LocalFunction(name, { handler: config.handler, timeout }, bundles);
      for (const { websocket, stream } of config.events) {
        if (websocket) {
          const answersBack = websocket.routeResponseSelectionExpression !== undefined;
          routes.push({ route: websocket.route, invoke: (event) => target.invoke(event), answers: answersBack });
        }
        if (stream) {
          const { type: _type, arn: _arn, ...event } = stream;
          streams.push({ event, target, hasDestination });
        }
      }
      config.events = config.events.filter(({ websocket, stream }) => !websocket && !stream);
    }
    routes.push(...mockRoutes(service.resources.Resources));
    return { routes, streams };
  }

  /** A part of `custom` that can be changed. */
  #own(name: string): Record<string, unknown> {
    const { custom } = this.#serverless.service;
    if (name === '') return custom;
    custom[name] ??= {};
    return custom[name];
  }
}

/** Says what is wrong and how to mend it, without the framework's report of its own whereabouts. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
