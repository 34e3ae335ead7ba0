import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTHORIZERS_VARIABLE, ISSUER_VARIABLE } from './auth.ts';
import { choosePorts } from './choose-ports.ts';
import { answers } from './dynamodb/answers.ts';
import type { TableResource } from './dynamodb/create-table.ts';
import type { EngineKind } from './dynamodb/data-folder.ts';
import { findJava } from './dynamodb/java.ts';
import { engineKind } from './dynamodb/start-engine.ts';
import { Injector, readFaults } from './faults/injector.ts';
import { AUDIENCE } from './issuer.ts';
import { readAuthorizers } from './jwt-authorizer.ts';
import { OPTIONS, type Options } from './plugin-options.ts';
import { freePort } from './ports.ts';
import { refuse } from './refuse.ts';
import { Services } from './services.ts';
import { functionEnvironment, readStack, removeStack, STACK_FILE, writeStack } from './stack.ts';
import { answerQuestions } from './stack-control.ts';
import { startupMessage } from './startup-message.ts';
import { takeWiring, type WiredService } from './wiring.ts';

/** As much of the framework as this plugin touches. */
interface Serverless {
  serviceDir: string;
  processedInput: { commands: string[] };
  service: WiredService & {
    custom: Record<string, Record<string, unknown>>;
    provider: {
      stage: string;
      environment: Record<string, unknown>;
      httpApi: { authorizers: Record<string, unknown> };
    };
    resources: { Resources: Record<string, TableResource> };
  };
}

const SHUTDOWN_MS = 3_000;
const HTTP_START_MS = 30_000;
const WITHOUT_ENGINE =
  'The stack ends, because its tables are gone. Start it again: npm start. Data is kept only with --data DIR.';

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
    const { service, serviceDir } = this.#serverless;
    const workFolder = join('.esbuild', String(process.pid));
    this.#own('esbuild').outputWorkFolder = workFolder;
    const dynamodbEndpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
    const engine = this.#engine();
    if (engine === 'dynamodb-local' && !dynamodbEndpoint) {
      const java = findJava();
      if (java.kind === 'unusable') refuse(java.advice);
    }
    const offline = this.#own('serverless-offline');
    const ports = await choosePorts(
      this.#options,
      { ...offline, ...this.#own('local') },
      dynamodbEndpoint !== undefined,
    );
    Object.assign(offline, { httpPort: ports.http, websocketPort: ports.websocket, lambdaPort: ports.lambda });
    const wiring = takeWiring(service, resolve(serviceDir, workFolder, '.build'));
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
    const issuer = `http://127.0.0.1:${ports.issuer}`;
    const authorizers = readAuthorizers(service.provider.httpApi.authorizers, { issuer, audience: AUDIENCE });
    Object.assign(process.env, { [ISSUER_VARIABLE]: issuer, [AUTHORIZERS_VARIABLE]: JSON.stringify(authorizers) });
    process.once('exit', () => rmSync(workFolder, { recursive: true, force: true }));
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
        ...(this.#options.pollMs !== undefined && { pollMs: Number(this.#options.pollMs) }),
        onEngineEnd: (reason) => refuse(`${reason}\n${WITHOUT_ENGINE}`),
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

  /** A part of `custom` that can be changed. */
  #own(name: string): Record<string, unknown> {
    const { custom } = this.#serverless.service;
    if (name === '') return custom;
    custom[name] ??= {};
    return custom[name];
  }
}
