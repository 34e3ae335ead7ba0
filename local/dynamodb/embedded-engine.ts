import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RecordSignal } from '../event-source-mapping/record-signal.ts';
import { takeFolder } from './data-folder.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { WorkerMessage, WorkerOptions } from './server/worker.ts';

const WORKER = new URL('./server/worker.ts', import.meta.url);

/** The engine of local/aws in a thread of this process: it ends with the process, also when that is killed. */
export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly isDurable: boolean;
  readonly announcements = new RecordSignal();
  readonly #options: EngineOptions;
  #port: number;
  #worker: Worker | undefined;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#port = options.port;
    this.isDurable = options.dataDir !== undefined;
  }

  /** @throws Error when the port is taken, or the data can't be read */
  static async start(options: EngineOptions): Promise<EmbeddedEngine> {
    if (options.dataDir !== undefined) takeFolder(options.dataDir, 'embedded');
    const engine = new EmbeddedEngine(options);
    await engine.#start();
    return engine;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.#start();
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #start(): Promise<void> {
    const { dataDir, expiryDelayMs = 0, worker: file = WORKER, onEnd } = this.#options;
    const workerData: WorkerOptions = {
      port: this.#port,
      dataDir: dataDir === undefined ? undefined : resolve(dataDir),
      expiryDelayMs,
    };
    const worker = new Worker(file, { workerData });
    this.#port = await new Promise<number>((ready, failed) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') ready(message.port);
        else this.announcements.announce();
      });
      worker.once('error', failed);
      worker.once('exit', (code) =>
        failed(new Error(`The DynamoDB engine ended with exit code ${code} before it was ready`)),
      );
    });
    this.#worker = worker;
    worker.removeAllListeners('error').removeAllListeners('exit');
    let reason = 'for no reason that it told';
    worker.on('error', (error) => {
      reason = String(error);
    });
    worker.once('exit', () => {
      if (this.#worker === worker) onEnd?.(`The engine has ended: ${reason}`);
    });
  }
}
