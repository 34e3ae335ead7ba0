import type { StreamRecord } from '../event-source-mapping/records.ts';
import type {
  IteratorOutcome,
  Position,
  ReadOutcome,
  Shard,
  StreamSource,
} from '../event-source-mapping/stream-source.ts';
import type { Runtime } from './runtime.ts';

/** A stream keeps its records for 24 hours. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const RETENTION_MS = 24 * 3_600_000;
/** GetRecords answers at most 1,000 records. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const READ_LIMIT = 1_000;
const HASHES = 2 ** 32;

/** FNV-1a, with its bits mixed once more, so that texts that differ at their ends are far apart. http://www.isthe.com/chongo/tech/comp/fnv/ */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
};

/** A change of one item, as the table tells it. Images are in DynamoDB's own JSON. */
export interface ItemChange {
  keys: Record<string, unknown>;
  newImage?: Record<string, unknown> | undefined;
  oldImage?: Record<string, unknown> | undefined;
  /** Set for what the time to live has removed. */
  userIdentity?: { type: string; principalId: string } | undefined;
}

interface StreamShard extends Shard {
  /** Partition keys whose hash is in `[from, to)` are in this shard. */
  from: number;
  to: number;
  records: { record: StreamRecord; readableAt: number }[];
  trimmed: number;
  isClosed: boolean;
  /** Who waits for a change of it. */
  waiting: (() => void)[];
}

export interface StreamRules {
  /** How many shards there are at first. */
  shards: number;
  /** From a write until its record can be read, in milliseconds. Published p50 213, p99 552 to the function. */
  lagMs: [number, number];
}

/**
 * A table's stream: the changes of one item come in their order, in one shard; other items' may overtake them. A shard
 * that is split is closed, and its children go on.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export class SimulatedStream implements StreamSource {
  readonly arn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/simulated/stream/2026-01-01T00:00:00.000';
  readonly #shards = new Map<string, StreamShard>();
  #open: StreamShard[] = [];
  readonly #runtime: Runtime;
  readonly #rules: StreamRules;
  #sequence = 0;
  #count = 0;

  constructor(runtime: Runtime, rules: StreamRules) {
    this.#runtime = runtime;
    this.#rules = rules;
    for (let at = 0; at < rules.shards; at++) {
      this.#add(Math.floor((HASHES * at) / rules.shards), Math.floor((HASHES * (at + 1)) / rules.shards));
    }
  }

  write({ keys, newImage, oldImage, userIdentity }: ItemChange): void {
    const hash = hashOf(JSON.stringify(Object.values(keys)[0]));
    const shard = this.#open.find(({ from, to }) => hash >= from && hash < to);
    if (!shard) return;
    const [least, most] = this.#rules.lagMs;
    const readableAt = this.#runtime.now() + least + this.#runtime.random() * (most - least);
    const before = shard.records.at(-1)?.readableAt ?? 0;
    const sequenceNumber = `1${String(++this.#sequence).padStart(20, '0')}`;
    const record: StreamRecord = {
      eventID: sequenceNumber,
      eventName: oldImage ? (newImage ? 'MODIFY' : 'REMOVE') : 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: this.arn,
      ...(userIdentity && { userIdentity }),
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#runtime.now() / 1000),
        Keys: keys,
        ...(newImage && { NewImage: newImage }),
        ...(oldImage && { OldImage: oldImage }),
        SequenceNumber: sequenceNumber,
        SizeBytes: 0,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
    // A shard is read in its order: a record is never readable before the one in front of it.
    shard.records.push({ record, readableAt: Math.max(readableAt, before) });
    for (const wake of shard.waiting.splice(0)) wake();
  }

  /** Splits one of the open shards in two. */
  split(): void {
    const open = this.#open.filter(({ from, to }) => to - from > 1);
    const parent = open[Math.floor(this.#runtime.random() * open.length)];
    if (!parent) return;
    parent.isClosed = true;
    this.#open = this.#open.filter((shard) => shard !== parent);
    for (const wake of parent.waiting.splice(0)) wake();
    const middle = Math.floor((parent.from + parent.to) / 2);
    this.#add(parent.from, middle, parent.id);
    this.#add(middle, parent.to, parent.id);
  }

  async shards(): Promise<Shard[]> {
    return [...this.#shards.values()].map(({ id, parent }) => ({ id, parent }));
  }

  async iterator(id: string, position: Position): Promise<IteratorOutcome> {
    const shard = this.#shards.get(id);
    if (!shard) return { kind: 'trimmed' };
    const place = this.#placeOf(shard, position);
    return place < shard.trimmed ? { kind: 'trimmed' } : { kind: 'iterator', iterator: `${id}/${place}` };
  }

  async read(iterator: string): Promise<ReadOutcome> {
    const [id = '', place] = iterator.split('/');
    const shard = this.#shards.get(id);
    const from = Number(place);
    if (!shard || from < shard.trimmed) return { kind: 'trimmed' };
    this.#trim(shard);
    const now = this.#runtime.now();
    const records: StreamRecord[] = [];
    for (let at = from - shard.trimmed; at < shard.records.length && records.length < READ_LIMIT; at++) {
      const next = shard.records[at];
      if (!next || next.readableAt > now) break;
      records.push(next.record);
    }
    const end = from + records.length;
    const isOver = shard.isClosed && end === shard.trimmed + shard.records.length;
    return { kind: 'records', records, next: isOver ? undefined : `${id}/${end}` };
  }

  async untilNews(iterator: string, signal: AbortSignal): Promise<void> {
    const [id = '', place] = iterator.split('/');
    const shard = this.#shards.get(id);
    if (!shard || signal.aborted) return;
    const at = Number(place) - shard.trimmed;
    if (shard.records.length <= at && !shard.isClosed) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        shard.waiting.push(wake);
        signal.addEventListener('abort', wake);
      });
    }
    const readableAt = shard.records[Number(place) - shard.trimmed]?.readableAt ?? 0;
    const ms = readableAt - this.#runtime.now();
    if (ms > 0) await this.#runtime.sleep(ms);
  }

  #placeOf(shard: StreamShard, position: Position): number {
    const end = shard.trimmed + shard.records.length;
    if (position.kind === 'TRIM_HORIZON') return shard.trimmed;
    if (position.kind === 'LATEST') return end;
    const { sequenceNumber } = position;
    const at = shard.records.findIndex(({ record }) => record.dynamodb.SequenceNumber === sequenceNumber);
    if (at === -1) return -1;
    return shard.trimmed + at + (position.kind === 'after' ? 1 : 0);
  }

  #trim(shard: StreamShard): void {
    const oldest = this.#runtime.now() - RETENTION_MS;
    const kept = shard.records.findIndex(({ readableAt }) => readableAt > oldest);
    const gone = kept === -1 ? 0 : kept;
    if (gone === 0) return;
    shard.records.splice(0, gone);
    shard.trimmed += gone;
  }

  #add(from: number, to: number, parent?: string): void {
    const id = `shardId-${String(this.#count++).padStart(20, '0')}`;
    const shard = { id, parent, from, to, records: [], trimmed: 0, isClosed: false, waiting: [] };
    this.#shards.set(id, shard);
    this.#open.push(shard);
  }
}
