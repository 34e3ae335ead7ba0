import { crc32 } from 'node:zlib';
import type { MappingRuntime } from './batch-run.ts';
import type { ShardCheckpoint } from './checkpoints.ts';
import { CompletedPrefix } from './completed-prefix.ts';
import { Lane, type LaneDependencies } from './lane.ts';
import type { StreamRecord } from './records.ts';
import type { MappingSettings } from './settings.ts';
import type { Position, StreamSource } from './stream-source.ts';
import { TumblingWindow } from './tumbling-window.ts';

/** Reading pauses when this many records are under way. */
const MAX_UNDER_WAY = 20_000;
/** The longer a stream has been quiet, the less often it is asked: after 1 s every 5 ms. */
const BUSY_POLL_MS = 3;
const QUIET_POLL_MS = 40;
const POLLS_IN_SILENCE = 200;
const RETRY_MS = 200;
const SAME_ITERATOR_TRIES = 5;

export interface ShardWorkerDependencies extends Omit<LaneDependencies, 'onDone' | 'shard' | 'window'> {
  source: StreamSource;
  settings: MappingSettings;
  passes: (record: StreamRecord) => boolean;
  runtime: MappingRuntime;
  pollMs?: number | undefined;
  stopping: AbortSignal;
}

const pollAfter = (silenceMs: number): number =>
  Math.min(QUIET_POLL_MS, Math.max(BUSY_POLL_MS, silenceMs / POLLS_IN_SILENCE));

/** Reads one shard to its end and spreads its records over the lanes. */
export class ShardWorker {
  readonly #deps: ShardWorkerDependencies;
  readonly #shard: string;
  readonly #prefix = new CompletedPrefix();
  readonly #lanes: Lane[];
  readonly #window: TumblingWindow | undefined;

  /** @param saved the place up to which the shard was processed before */
  constructor(deps: ShardWorkerDependencies, shard: string, saved?: ShardCheckpoint) {
    this.#deps = deps;
    this.#shard = shard;
    const { tumblingWindowMs: lengthMs } = deps.settings;
    const window =
      lengthMs > 0 ? new TumblingWindow({ lengthMs, shard, streamArn: deps.source.arn }, saved?.window) : undefined;
    this.#window = window;
    this.#prefix.checkpoint = saved?.sequenceNumber;
    const onDone = (record: StreamRecord) => this.#prefix.done(record.dynamodb.SequenceNumber);
    this.#lanes = Array.from(
      { length: deps.settings.parallelizationFactor },
      () => new Lane({ ...deps, shard, onDone, window }),
    );
  }

  get checkpoint(): ShardCheckpoint {
    const { checkpoint: sequenceNumber, firstOpen } = this.#prefix;
    const firstRead = sequenceNumber === undefined ? firstOpen : undefined;
    const window = this.#window?.open;
    return {
      sequenceNumber,
      ...(firstRead !== undefined && { firstRead }),
      ...(window && { window }),
      isFinished: false,
    };
  }

  /** How many records are read and not yet done. */
  get underWay(): number {
    return this.#prefix.size;
  }

  /** @returns when the shard is closed and all of it is done, or when the mapping stops */
  async run(start: Position): Promise<void> {
    const { isStopped, runtime, report, source } = this.#deps;
    let position = start;
    let iterator = await this.#iterator(position);
    let lastAt = 0;
    let failures = 0;
    while (iterator !== undefined && !isStopped()) {
      const outcome = await source.read(iterator).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        report(`Reading ${this.#shard} failed, trying again: ${outcome.message}`);
        await runtime.sleep(RETRY_MS);
        // A new iterator of `LATEST` would leave out what has come meanwhile.
        if (position.kind !== 'LATEST' && ++failures % SAME_ITERATOR_TRIES === 0)
          iterator = await this.#iterator(position);
        continue;
      }
      const read = outcome as Awaited<ReturnType<StreamSource['read']>>;
      if (read.kind !== 'records') {
        if (read.kind === 'trimmed' || position.kind === 'LATEST') this.#reportLoss(position);
        iterator = await this.#iterator(read.kind === 'trimmed' ? { kind: 'TRIM_HORIZON' } : position);
        continue;
      }
      failures = 0;
      for (const record of read.records) this.#accept(record);
      const last = read.records.at(-1);
      if (last) {
        position = { kind: 'after', sequenceNumber: last.dynamodb.SequenceNumber };
        lastAt = runtime.now();
      }
      iterator = read.next;
      while (this.underWay > MAX_UNDER_WAY && !isStopped()) await runtime.sleep(QUIET_POLL_MS);
      if (!last && iterator !== undefined) await this.#pause(iterator, runtime.now() - lastAt);
    }
    await Promise.all(this.#lanes.map((lane) => lane.end()));
  }

  /** Waits for an announcement, when the source has them. With `pollMs`, waits as long as polling at this rate would have waited. */
  async #pause(iterator: string, silenceMs: number): Promise<void> {
    const { source, stopping, runtime, pollMs } = this.#deps;
    const from = runtime.now();
    await source.untilNews?.(iterator, stopping);
    if (source.untilNews && pollMs === undefined) return;
    const everyMs = pollMs ?? pollAfter(silenceMs);
    const waited = runtime.now() - from;
    const polls = Math.max(1, Math.ceil(waited / everyMs));
    await runtime.sleep(polls * everyMs - waited);
  }

  async #iterator(position: Position): Promise<string | undefined> {
    const { isStopped, source, runtime, report } = this.#deps;
    let from = position;
    while (!isStopped()) {
      try {
        const outcome = await source.iterator(this.#shard, from);
        if (outcome.kind === 'iterator') return outcome.iterator;
        this.#reportLoss(from);
        from = { kind: 'TRIM_HORIZON' };
      } catch (error) {
        report(`No iterator for ${this.#shard}, trying again: ${error instanceof Error ? error.message : error}`);
        await runtime.sleep(RETRY_MS);
      }
    }
    return undefined;
  }

  #accept(record: StreamRecord): void {
    const { SequenceNumber, Keys } = record.dynamodb;
    this.#prefix.read(SequenceNumber);
    if (!this.#deps.passes(record)) {
      this.#prefix.done(SequenceNumber);
      return;
    }
    // An item stays in its lane, so its changes keep their order; other items of the same partition may run beside it.
    this.#lanes[crc32(JSON.stringify(Keys)) % this.#lanes.length]?.push(record);
  }

  #reportLoss(position: Position): void {
    const from = 'sequenceNumber' in position ? `${position.kind} ${position.sequenceNumber}` : position.kind;
    this.#deps.report(`DATA LOSS: records of ${this.#shard} ${from} were gone before they were read`);
  }
}
