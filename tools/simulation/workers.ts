import { Worker } from 'node:worker_threads';
import type { Report } from './run.ts';
import type { Request } from './worker.ts';

/** One run that ended otherwise than with a report. */
export class RunFailedError extends Error {
  readonly code = 'run_failed';
  override readonly name = 'RunFailedError';
}

/** Runs side by side, each worker one run at a time. */
export class Workers {
  readonly #workers: Worker[];
  readonly #free: Worker[];
  readonly count: number;
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /** @param script the worker's program, when not the one beside this file */
  constructor(count: number, script: string | URL = new URL('worker.ts', import.meta.url)) {
    this.count = count;
    this.#workers = Array.from({ length: count }, () => new Worker(script));
    this.#free = [...this.#workers];
  }

  /** @throws RunFailedError when the run itself could not be made */
  async run(request: Request): Promise<Report> {
    const worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      return await new Promise<Report>((resolve, reject) => {
        worker.once('message', ({ report, error }: { report?: Report; error?: string }) =>
          report ? resolve(report) : reject(new RunFailedError(error)),
        );
        worker.once('error', reject);
        worker.postMessage(request);
      });
    } finally {
      worker.removeAllListeners('message');
      worker.removeAllListeners('error');
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#free.push(worker);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
