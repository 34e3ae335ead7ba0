import { Worker } from 'node:worker_threads';
import type { Report } from './run.ts';
import type { Request } from './worker.ts';

/** A run that ended without a report. */
export class RunFailedError extends Error {
  readonly code = 'run_failed';
  override readonly name = 'RunFailedError';
}

/** A run takes seconds. After this time, in milliseconds, it is taken to be in an endless loop. */
const HUNG_MS = 180_000;

/**
 * Megabytes for young objects. Most objects of a run are needed for a short time: with more room, the garbage collector copies fewer.
 * https://nodejs.org/api/worker_threads.html#new-workerfilename-options
 */
const YOUNG_MB = 128;

/** Worker threads that run seeds side by side, one run at a time each. */
export class Workers {
  readonly #workers: Set<Worker>;
  readonly #free: Worker[];
  readonly #script: string | URL;
  readonly count: number;
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /** @param script the worker's program; by default `worker.ts` */
  constructor(count: number, script: string | URL = new URL('worker.ts', import.meta.url)) {
    this.count = count;
    this.#script = script;
    this.#workers = new Set(Array.from({ length: count }, () => this.#start()));
    this.#free = [...this.#workers];
  }

  /** @throws RunFailedError when the run itself could not be made */
  async run(request: Request): Promise<Report> {
    let worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Report>((resolve, reject) => {
        worker.once('message', ({ report, error }: { report?: Report; error?: string }) =>
          report ? resolve(report) : reject(new RunFailedError(error)),
        );
        worker.once('error', reject);
        timer = setTimeout(() => {
          worker = this.#replaced(worker);
          reject(new RunFailedError(`${JSON.stringify(request).slice(0, 200)} did not end in ${HUNG_MS / 1000} s`));
        }, HUNG_MS);
        worker.postMessage(request);
      });
    } finally {
      clearTimeout(timer);
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#free.push(worker);
    }
  }

  #replaced(hung: Worker): Worker {
    void hung.terminate();
    this.#workers.delete(hung);
    const fresh = this.#start();
    this.#workers.add(fresh);
    return fresh;
  }

  #start(): Worker {
    return new Worker(this.#script, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }
}
