import { BatchRun, type BatchRunDependencies, type Queued } from './batch-run.ts';
import type { StreamRecord } from './records.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB an invocation. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
/** How often a batch that fills is looked at. */
const FILL_MS = 20;

export type LaneDependencies = BatchRunDependencies;

/** One of the concurrent lines of batches of a shard. A batch is finished with before the next one begins. */
export class Lane {
  readonly #deps: LaneDependencies;
  readonly #batches: BatchRun;
  readonly #queue: Queued[] = [];
  #running: Promise<void> | undefined;
  /** Ends the waiting for the end of a tumbling window. */
  #waiting: AbortController | undefined;
  #isEnded = false;

  constructor(deps: LaneDependencies) {
    this.#deps = deps;
    this.#batches = new BatchRun(deps);
    // A window that was open when the mapping stopped may be over by now.
    if (deps.window?.open) this.#running = this.#run();
  }

  push(record: StreamRecord): void {
    const json = JSON.stringify(record);
    this.#queue.push({ record, json, readAt: this.#deps.runtime.now(), bytes: Buffer.byteLength(json) });
    this.#waiting?.abort();
    this.#running ??= this.#run();
  }

  /** Until nothing is queued or under way, and no tumbling window is open. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** The same at the end of the shard, where an open window is over at once. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#waiting?.abort();
    await this.idle();
  }

  async #run(): Promise<void> {
    // Not at once: what is read together goes into one batch.
    await Promise.resolve();
    const { window, isStopped } = this.#deps;
    try {
      while (!isStopped()) {
        const next = this.#queue[0];
        if (next && (!window || window.takes(next.record))) await this.#processBatch(next);
        else if (!window?.open) return;
        else await this.#closeWindow(next);
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #processBatch({ record }: Queued): Promise<void> {
    const { window } = this.#deps;
    await this.#fill();
    window?.openFor(record);
    await this.#batches.process(this.#take());
    if (window?.isTooLarge) await this.#batches.closeWindow('early');
  }

  /** Closes the open window when a record of another one has come, the shard has ended, or its time is over. */
  async #closeWindow(next: Queued | undefined): Promise<void> {
    const { window, runtime } = this.#deps;
    const left = next || this.#isEnded ? 0 : (window?.msLeft(runtime.now()) ?? 0);
    if (left === 0) return this.#batches.closeWindow('final');
    this.#waiting = new AbortController();
    await runtime.sleep(left, this.#waiting.signal);
    this.#waiting = undefined;
  }

  async #fill(): Promise<void> {
    const { settings, runtime, isStopped } = this.#deps;
    const first = this.#queue[0];
    if (!first || settings.batchWindowMs === 0) return;
    const bytes = () => this.#queue.reduce((sum, queued) => sum + queued.bytes, 0);
    while (this.#queue.length < settings.batchSize && bytes() < PAYLOAD_BYTES && !isStopped()) {
      const left = first.readAt + settings.batchWindowMs - runtime.now();
      if (left <= 0) return;
      await runtime.sleep(Math.min(left, FILL_MS));
    }
  }

  #take(): Queued[] {
    const { settings, window } = this.#deps;
    let bytes = 0;
    let count = 0;
    for (const queued of this.#queue) {
      bytes += queued.bytes;
      const isFull = count > 0 && (count >= settings.batchSize || bytes > PAYLOAD_BYTES);
      if (isFull || window?.takes(queued.record) === false) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }
}
