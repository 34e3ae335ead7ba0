import { type BatchOutcome, readBatchResponse } from './batch-response.ts';
import { type Destination, type Discarded, failureObject } from './destination.ts';
import type { StreamRecord } from './records.ts';
import type { MappingSettings } from './settings.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB an invocation. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
const RETRY_BASE_MS = 50;
const RETRY_CAP_MS = 5_000;
const THROTTLED_MS = 500;

/** Whether there was no concurrency left for an invocation. */
const isThrottle = (error: unknown): boolean =>
  error instanceof Error && (error as Error & { code?: unknown }).code === 'throttled';

/** What surrounds a mapping. */
export interface MappingRuntime {
  now(): number;
  newId(): string;
  /** @param signal ends the sleep early */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface LaneDependencies {
  shard: string;
  functionName: string;
  settings: MappingSettings;
  invoke: (event: { Records: StreamRecord[] }) => Promise<unknown>;
  destination: Destination | undefined;
  runtime: MappingRuntime;
  /** From when on a record ages; from its reading when left out. */
  agesFrom?: 'creation' | 'reading' | undefined;
  isStopped: () => boolean;
  onDone: (record: StreamRecord) => void;
  onRetry: () => void;
  report: (message: string) => void;
}

interface Queued {
  record: StreamRecord;
  /** As it travels to the function, which may do with its copy what it wants. */
  json: string;
  readAt: number;
  bytes: number;
}

/** One of the concurrent lines of batches of a shard. A batch is finished with before the next one begins. */
export class Lane {
  readonly #deps: LaneDependencies;
  readonly #queue: Queued[] = [];
  #running: Promise<void> | undefined;

  constructor(deps: LaneDependencies) {
    this.#deps = deps;
  }

  push(record: StreamRecord): void {
    const json = JSON.stringify(record);
    this.#queue.push({ record, json, readAt: this.#deps.runtime.now(), bytes: Buffer.byteLength(json) });
    this.#running ??= this.#run();
  }

  /** Until nothing is queued or under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Not at once: what is read together goes into one batch.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0 && !this.#deps.isStopped()) {
        await this.#fill();
        await this.#process(this.#take());
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #fill(): Promise<void> {
    const { settings, runtime, isStopped } = this.#deps;
    const first = this.#queue[0];
    if (!first || settings.batchWindowMs === 0) return;
    const bytes = () => this.#queue.reduce((sum, queued) => sum + queued.bytes, 0);
    while (this.#queue.length < settings.batchSize && bytes() < PAYLOAD_BYTES && !isStopped()) {
      const left = first.readAt + settings.batchWindowMs - runtime.now();
      if (left <= 0) return;
      await runtime.sleep(Math.min(left, 20));
    }
  }

  #take(): Queued[] {
    let bytes = 0;
    let count = 0;
    for (const queued of this.#queue) {
      bytes += queued.bytes;
      if (count > 0 && (count >= this.#deps.settings.batchSize || bytes > PAYLOAD_BYTES)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** Invokes until every record is done or given up. */
  async #process(batch: Queued[]): Promise<void> {
    const { settings, runtime, isStopped } = this.#deps;
    let left = batch;
    let retries = 0;
    let invocations = 0;
    while (left.length > 0) {
      left = await this.#dropOld(left, invocations);
      if (left.length === 0 || isStopped()) return;
      const outcome = await this.#invoke(left);
      if (outcome.kind === 'throttled') {
        // Not an attempt: what never reached the function is tried until it is too old.
        // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        await runtime.sleep(THROTTLED_MS);
        continue;
      }
      invocations++;
      if (outcome.kind === 'done') return this.#finish(left);
      this.#deps.onRetry();
      if (outcome.kind === 'partial' && outcome.from > 0) {
        this.#finish(left.slice(0, outcome.from));
        left = left.slice(outcome.from);
        retries = 0;
      } else if (outcome.kind === 'failed' && settings.bisectBatchOnFunctionError && left.length > 1) {
        // Halving does not use up retries. The first half must be over before the second begins.
        const middle = Math.ceil(left.length / 2);
        await this.#process(left.slice(0, middle));
        left = left.slice(middle);
        retries = 0;
        continue;
      } else if (settings.maximumRetryAttempts >= 0 && retries >= settings.maximumRetryAttempts) {
        const error = outcome.kind === 'failed' ? outcome.error : 'Reported as failed';
        return this.#giveUp(left, 'RetryAttemptsExhausted', invocations, error);
      } else {
        retries++;
      }
      await runtime.sleep(Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(retries, 10)));
    }
  }

  async #invoke(batch: Queued[]): Promise<BatchOutcome> {
    try {
      const response = await this.#deps.invoke(JSON.parse(`{"Records":[${batch.map(({ json }) => json).join()}]}`));
      if (!this.#deps.settings.reportBatchItemFailures) return { kind: 'done' };
      return readBatchResponse(
        response,
        batch.map(({ record }) => record.dynamodb.SequenceNumber),
      );
    } catch (error) {
      if (isThrottle(error)) return { kind: 'throttled' };
      this.#deps.report(`${this.#deps.functionName} failed: ${error instanceof Error ? error.message : error}`);
      return { kind: 'failed', error: 'Unhandled' };
    }
  }

  async #dropOld(batch: Queued[], invocations: number): Promise<Queued[]> {
    const { settings, runtime } = this.#deps;
    if (settings.maximumRecordAgeMs < 0) return batch;
    const isOld = (queued: Queued) => runtime.now() - this.#bornAt(queued) > settings.maximumRecordAgeMs;
    const old = batch.filter(isOld);
    if (old.length > 0) await this.#giveUp(old, 'RecordAgeExceeded', invocations, 'RecordAgeExceeded');
    return batch.filter((queued) => !old.includes(queued));
  }

  /** An engine that floors creation times to the minute is trusted with the time of reading only. */
  #bornAt({ record, readAt }: Queued): number {
    return this.#deps.agesFrom === 'creation' ? record.dynamodb.ApproximateCreationDateTime * 1000 : readAt;
  }

  async #giveUp(batch: Queued[], condition: Discarded, invocations: number, error: string): Promise<void> {
    const { destination, functionName, shard, runtime, report, isStopped } = this.#deps;
    const records = batch.map(({ record }) => record);
    report(`${records.length} records were given up: ${condition}`);
    const object = failureObject(
      { records, shard, condition, invocations, error },
      { functionName, now: runtime.now(), newId: runtime.newId },
    );
    while (destination && !isStopped()) {
      try {
        await destination(object);
        break;
      } catch (fault) {
        report(`The failure destination can't be reached, trying again: ${fault}`);
        await runtime.sleep(RETRY_CAP_MS);
      }
    }
    if (!isStopped()) this.#finish(batch);
  }

  #finish(batch: Queued[]): void {
    for (const { record } of batch) this.#deps.onDone(record);
  }
}
