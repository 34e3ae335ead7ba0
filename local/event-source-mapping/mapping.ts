import type { MappingRuntime } from './batch-run.ts';
import type { Checkpoints, ShardCheckpoint } from './checkpoints.ts';
import type { Destination } from './destination.ts';
import { compileFilters } from './filter.ts';
import type { StreamRecord } from './records.ts';
import type { MappingSettings } from './settings.ts';
import { ShardWorker } from './shard-worker.ts';
import type { Position, Shard, StreamSource } from './stream-source.ts';

const SHARD_POLL_MS = 1_000;
const SAVE_MS = 100;

export interface MappingOptions {
  source: StreamSource;
  settings: MappingSettings;
  functionName: string;
  invoke: (event: { Records: StreamRecord[] }) => Promise<unknown>;
  checkpoints: Checkpoints;
  /** Where given-up batches go; they are only reported when left out, as on Lambda. */
  destination?: Destination | undefined;
  report?: (message: string) => void;
  /** Time and ids; the machine's when left out. */
  runtime?: MappingRuntime;
  /** Milliseconds between two reads of a quiet shard. By default until the source announces records, or 3 to 40 ms without announcements. Lambda: 250. */
  pollMs?: number;
  /** From when on a record ages. DynamoDB Local floors creation times to the minute, so: from its reading when left out. */
  agesFrom?: 'creation' | 'reading';
  /** How often it looks for new shards, beside once at the end of each shard; 1 s when left out. */
  shardPollMs?: number;
  /** How often the checkpoint is saved; 100 ms when left out. */
  saveMs?: number;
}

const realRuntime: MappingRuntime = {
  now: () => Date.now(),
  newId: () => crypto.randomUUID(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    }),
};

/** Reads a stream and invokes a function with its records, as Lambda's event source mapping does. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #workers = new Map<string, ShardWorker>();
  readonly #checkpoints = new Map<string, ShardCheckpoint>();
  readonly #running: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  readonly #passes: (record: StreamRecord) => boolean;
  #saved = '[]';
  /** Batches that came again, for whatever reason. */
  retries = 0;

  constructor(options: MappingOptions) {
    this.#options = options;
    this.#passes = compileFilters(options.settings.filterPatterns);
  }

  async start(): Promise<void> {
    const saved = await this.#options.checkpoints.load();
    const shards = await this.#options.source.shards();
    for (const [shard, checkpoint] of saved) this.#resume(shard, checkpoint, shards);
    const isFirst = saved.size === 0;
    // What is closed already lies before the latest record.
    if (isFirst && this.#options.settings.startingPosition === 'LATEST') {
      for (const { parent } of shards) if (parent !== undefined) this.#checkpoints.set(parent, { isFinished: true });
    }
    this.#openShards(shards, isFirst);
    this.#running.push(this.#watchShards(), this.#saveRegularly());
  }

  /** Lets batches under way end, and saves how far it came. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    await this.#save();
  }

  /** How many records are read and not yet done. */
  get underWay(): number {
    return [...this.#workers.values()].reduce((sum, worker) => sum + worker.underWay, 0);
  }

  #resume(shard: string, checkpoint: ShardCheckpoint, listed: Shard[]): void {
    if (checkpoint.isFinished || listed.some(({ id }) => id === shard)) this.#checkpoints.set(shard, checkpoint);
    else this.#options.report?.(`DATA LOSS: ${shard} was trimmed before all of it was read`);
  }

  /** Parents before children: a shard waits until the one it was split from is done. */
  #openShards(shards: Shard[], isFirst: boolean): void {
    const known = new Set(shards.map(({ id }) => id));
    // One that is listed no more has been trimmed; what was read of it may be under way still.
    const isOver = (id: string) =>
      this.#checkpoints.get(id)?.isFinished === true || !(known.has(id) || this.#workers.has(id));
    for (const shard of shards) {
      const isOpen = this.#workers.has(shard.id) || this.#checkpoints.get(shard.id)?.isFinished;
      if (!isOpen && (shard.parent === undefined || isOver(shard.parent))) this.#open(shard, isFirst);
    }
  }

  #open(shard: Shard, isFirst: boolean): void {
    const { settings } = this.#options;
    const saved = this.#checkpoints.get(shard.id);
    const worker = new ShardWorker(
      {
        ...this.#options,
        destination: this.#options.destination,
        passes: this.#passes,
        runtime: this.#runtime(),
        isStopped: () => this.#stopping.signal.aborted,
        stopping: this.#stopping.signal,
        onRetry: () => {
          this.retries++;
        },
        report: this.#options.report ?? (() => {}),
      },
      shard.id,
      saved,
    );
    this.#workers.set(shard.id, worker);
    // LATEST is meant for the mapping's first start; a shard that appears later is read whole.
    const begin: Position = { kind: isFirst ? settings.startingPosition : 'TRIM_HORIZON' };
    const { sequenceNumber, firstRead } = saved ?? {};
    const unfinished: Position = firstRead === undefined ? begin : { kind: 'at', sequenceNumber: firstRead };
    const position: Position = sequenceNumber === undefined ? unfinished : { kind: 'after', sequenceNumber };
    this.#running.push(
      worker.run(position).then(async () => {
        if (this.#stopping.signal.aborted) return;
        this.#checkpoints.set(shard.id, { ...worker.checkpoint, isFinished: true });
        this.#workers.delete(shard.id);
        await this.#lookForShards();
      }),
    );
  }

  async #watchShards(): Promise<void> {
    for (;;) {
      await this.#runtime().sleep(this.#options.shardPollMs ?? SHARD_POLL_MS);
      if (this.#stopping.signal.aborted) return;
      await this.#lookForShards();
    }
  }

  /** A listing that fails is only reported: the next one comes soon. */
  async #lookForShards(): Promise<void> {
    try {
      this.#openShards(await this.#options.source.shards(), false);
    } catch (error) {
      this.#options.report?.(`Listing shards failed: ${error}`);
    }
  }

  async #saveRegularly(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#runtime().sleep(this.#options.saveMs ?? SAVE_MS);
      await this.#save().catch((error) => this.#options.report?.(`Saving the checkpoint failed: ${error}`));
    }
  }

  async #save(): Promise<void> {
    for (const [shard, worker] of this.#workers) {
      const { sequenceNumber, firstRead } = worker.checkpoint;
      if (sequenceNumber !== undefined || firstRead !== undefined) this.#checkpoints.set(shard, worker.checkpoint);
    }
    const text = JSON.stringify([...this.#checkpoints]);
    if (text === this.#saved) return;
    await this.#options.checkpoints.save(this.#checkpoints);
    this.#saved = text;
  }

  /** Waiting ends early when the mapping stops. */
  #runtime(): MappingRuntime {
    const { runtime = realRuntime } = this.#options;
    const { signal } = this.#stopping;
    const both = (own?: AbortSignal) => (own ? AbortSignal.any([signal, own]) : signal);
    return { ...runtime, sleep: (ms, own) => (signal.aborted ? Promise.resolve() : runtime.sleep(ms, both(own))) };
  }
}
