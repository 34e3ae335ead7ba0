import { type BatchOutcome, readBatchResponse } from './batch-response.ts';
import { type Destination, type Discarded, failureObject } from './destination.ts';
import type { StreamRecord } from './records.ts';
import type { MappingSettings } from './settings.ts';
import { type Closing, hasState, type TumblingWindow } from './tumbling-window.ts';

const RETRY_BASE_MS = 50;
const RETRY_CAP_MS = 5_000;
const THROTTLED_MS = 500;

/** What surrounds a mapping. */
export interface MappingRuntime {
  now(): number;
  newId(): string;
  /** @param signal ends the sleep early */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface BatchRunDependencies {
  shard: string;
  functionName: string;
  settings: MappingSettings;
  invoke: (event: { Records: StreamRecord[] }) => Promise<unknown>;
  destination: Destination | undefined;
  runtime: MappingRuntime;
  /** From when on a record ages; from its reading when left out. */
  agesFrom?: 'creation' | 'reading' | undefined;
  window?: TumblingWindow | undefined;
  isStopped: () => boolean;
  onDone: (record: StreamRecord) => void;
  onRetry: () => void;
  report: (message: string) => void;
}

/** A record on its way to the function. */
export interface Queued {
  record: StreamRecord;
  /** As it travels to the function, which may do with its copy what it wants. */
  json: string;
  readAt: number;
  bytes: number;
}

/** Whether there was no concurrency left for an invocation. */
const isThrottle = (error: unknown): boolean =>
  error instanceof Error && (error as Error & { code?: unknown }).code === 'throttled';

const retryMs = (retries: number): number => Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(retries, 10));

/** Invokes a function with a batch until each record is done or given up. */
export class BatchRun {
  readonly #deps: BatchRunDependencies;

  constructor(deps: BatchRunDependencies) {
    this.#deps = deps;
  }

  async process(batch: Queued[]): Promise<void> {
    const { settings, runtime, isStopped } = this.#deps;
    let left = batch;
    let retries = 0;
    let invocations = 0;
    while (left.length > 0) {
      left = await this.#dropOld(left, invocations);
      if (left.length === 0 || isStopped()) return;
      const { outcome, answer } = await this.#invoke(left);
      if (outcome.kind === 'throttled') {
        // Not an attempt: what never reached the function is tried until it is too old.
        // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        await runtime.sleep(THROTTLED_MS);
        continue;
      }
      invocations++;
      if (outcome.kind === 'done') return this.#finish(left, answer);
      this.#deps.onRetry();
      if (outcome.kind === 'partial' && outcome.from > 0) {
        this.#finish(left.slice(0, outcome.from), answer);
        left = left.slice(outcome.from);
        retries = 0;
      } else if (outcome.kind === 'failed' && settings.bisectBatchOnFunctionError && left.length > 1) {
        // Halving does not use up retries. The first half must be over before the second begins.
        const middle = Math.ceil(left.length / 2);
        await this.process(left.slice(0, middle));
        left = left.slice(middle);
        retries = 0;
        continue;
      } else if (settings.maximumRetryAttempts >= 0 && retries >= settings.maximumRetryAttempts) {
        const error = outcome.kind === 'failed' ? outcome.error : 'Reported as failed';
        return this.#giveUp(left, 'RetryAttemptsExhausted', invocations, error);
      } else {
        retries++;
      }
      await runtime.sleep(retryMs(retries));
    }
  }

  /**
   * Invokes the function without records, for the end of a tumbling window. It is tried until it succeeds: until then Lambda
   * processes nothing else of the shard.
   */
  async closeWindow(closing: Closing): Promise<void> {
    const { runtime, window, isStopped, onRetry } = this.#deps;
    for (let retries = 0; window?.open && !isStopped(); retries++) {
      const { outcome } = await this.#invoke([], closing);
      if (outcome.kind === 'done') return window.close(closing);
      onRetry();
      await runtime.sleep(retryMs(retries));
    }
  }

  async #invoke(batch: Queued[], closing?: Closing): Promise<{ outcome: BatchOutcome; answer?: unknown }> {
    const { invoke, functionName, report, window } = this.#deps;
    const records = JSON.parse(`{"Records":[${batch.map(({ json }) => json).join()}]}`);
    try {
      const answer = await invoke(window ? { ...records, ...window.fields(closing) } : records);
      if (window && !hasState(answer)) throw new Error('its answer has no state, which a tumbling window needs');
      return { outcome: this.#outcomeOf(answer, batch), answer };
    } catch (error) {
      if (isThrottle(error)) return { outcome: { kind: 'throttled' } };
      report(`${functionName} failed: ${error instanceof Error ? error.message : error}`);
      return { outcome: { kind: 'failed', error: 'Unhandled' } };
    }
  }

  #outcomeOf(answer: unknown, batch: Queued[]): BatchOutcome {
    if (!this.#deps.settings.reportBatchItemFailures) return { kind: 'done' };
    return readBatchResponse(
      answer,
      batch.map(({ record }) => record.dynamodb.SequenceNumber),
    );
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

  /** @param answer holds the window's state after these records; without it the state stays as it was */
  #finish(batch: Queued[], answer?: unknown): void {
    // Together, so that a checkpoint never has one without the other.
    if (hasState(answer)) this.#deps.window?.keep(answer.state);
    for (const { record } of batch) this.#deps.onDone(record);
  }
}
