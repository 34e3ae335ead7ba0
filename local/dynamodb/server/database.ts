import type { CreateTableInput } from '@aws-sdk/client-dynamodb';
import { DynamoDbEngine, type Input, type Operation, type Output, type PastChange } from '../../aws/dynamodb/engine.ts';
import type { DoneTransaction, Observer } from '../../aws/dynamodb/state.ts';
import type { Change, Table } from '../../aws/dynamodb/table.ts';
import type { StreamRecord } from '../../aws/dynamodb/types.ts';
import { Streams } from '../../aws/dynamodb-streams/streams.ts';
import type { StreamLimits } from '../../aws/dynamodb-streams/table-stream.ts';
import { type Entry, entryJson, type PastTransaction, readEntry } from './log-entries.ts';
import type { LogFile } from './log-file.ts';
import { snapshot } from './snapshot.ts';

/** The version of the log's format; another one can't be read. */
const VERSION = 1;
/** A log is written anew when it is twice as long as after the last time, and has at least 64 MB. */
const GROWTH = 2;
const MIN_LOG_SIZE = 64 * 1024 * 1024;
/** The most expired items that are removed at once; the rest waits for the next time. */
const EXPIRE_AT_ONCE = 1_000;

export interface DatabaseOptions {
  /** The log that keeps the data. Without it the data is in memory only. */
  log?: LogFile | undefined;
  streams?: Partial<StreamLimits> | undefined;
  /** Milliseconds from an item's time to live until it goes. */
  expiryDelayMs?: number | undefined;
  minLogSize?: number | undefined;
  /** Called when a stream has new records and they are written to the log. */
  onRecords?: (() => void) | undefined;
}

/** Tables and their streams, as long as the process lives or, with a log, longer. */
export class Database {
  readonly streams: Streams;
  readonly #engine: DynamoDbEngine;
  readonly #options: DatabaseOptions;
  /** The request that created each table. */
  readonly #created = new Map<string, Extract<Entry, { kind: 'table created' }>>();
  /** The changes of the request under way. */
  #entries: Entry[] = [];
  #changes: PastChange[] = [];
  #transaction: PastTransaction | undefined;
  /** The size of the log when it was last written anew, in bytes. */
  #startSize = 0;
  #isReading = false;
  /** The sequence number of the last announced record. */
  #toldOf = 0;

  /** @throws Error when the log is damaged, or of another form */
  constructor(options: DatabaseOptions = {}) {
    this.#options = options;
    this.streams = new Streams(options.streams);
    this.#engine = new DynamoDbEngine({ observer: this.#observer() });
    if (options.log) this.#readLog(options.log);
  }

  /** @throws DynamoDBServiceException */
  execute<O extends Operation>(operation: O, input: Input<O>, now: number): Output<O> {
    try {
      return this.#engine.execute(operation, input, { now });
    } finally {
      this.#keep();
      this.#tell();
    }
  }

  /** Removes items whose time is over, and stream records that are too old. */
  expire(now: number): void {
    this.#engine.expire(now - (this.#options.expiryDelayMs ?? 0), EXPIRE_AT_ONCE);
    this.#keep();
    this.#tell();
    this.streams.trim(now);
  }

  #tell(): void {
    if (this.streams.sequence === this.#toldOf) return;
    this.#toldOf = this.streams.sequence;
    this.#options.onRecords?.();
  }

  #observer(): Observer {
    return {
      tableCreated: (table, input, now) => this.#tableCreated(table, input, now),
      tableDeleted: ({ schema }, now) => {
        this.streams.end(schema, now);
        this.#created.delete(schema.name);
        this.#entries.push({ kind: 'table deleted', at: now, table: schema.name });
      },
      timeToLiveSet: ({ schema }, attribute) => {
        this.#entries.push({ kind: 'time to live', table: schema.name, attribute });
      },
      changed: (change, now, userIdentity) => this.#changed(change, now, userIdentity),
      transactionDone: (token, done) => {
        this.#transaction = pastTransaction(token, done);
      },
    };
  }

  #tableCreated({ schema }: Table, input: CreateTableInput, at: number): void {
    const entry = { kind: 'table created', at, input } as const;
    this.streams.begin(schema);
    this.#created.set(schema.name, entry);
    this.#entries.push(entry);
  }

  #changed(change: Change, at: number, userIdentity: StreamRecord['userIdentity']): void {
    this.streams.write(change, at, userIdentity);
    if (!this.#options.log || this.#isReading) return;
    const { table, before, after } = change;
    const { name: tableName } = table.schema;
    const attributes = after ? { item: after.attributes } : before && { key: table.keyOf(before) };
    this.#changes.push({ tableName, at, ...(userIdentity && { userIdentity }), ...attributes });
  }

  /** Writes the changes since the last call to the log. */
  #keep(): void {
    const { log, minLogSize = MIN_LOG_SIZE } = this.#options;
    const [entries, changes, transaction] = [this.#entries, this.#changes, this.#transaction];
    this.#entries = [];
    this.#changes = [];
    this.#transaction = undefined;
    if (!log) return;
    for (const entry of entries) log.append(entryJson(entry));
    if (changes.length > 0 || transaction) log.append(entryJson({ kind: 'changes', changes, transaction }));
    if (log.size > minLogSize && log.size > this.#startSize * GROWTH) this.#shorten(log);
  }

  #shorten(log: LogFile): void {
    log.rewrite(this.#whole());
    this.#startSize = log.size;
  }

  *#whole(): Generator<string> {
    yield entryJson({ kind: 'format', version: VERSION });
    for (const entry of snapshot(this.#engine, this.streams, this.#created)) yield entryJson(entry);
    yield entryJson({ kind: 'shortened' });
  }

  #readLog(log: LogFile): void {
    this.#isReading = true;
    let size = 0;
    let isFirst = true;
    for (const json of log.read()) {
      const entry = readEntry(json);
      if (isFirst && !(entry.kind === 'format' && entry.version === VERSION)) {
        throw new Error(`${log.path} was written by another version of this engine: choose another folder for --data`);
      }
      isFirst = false;
      size += json.length;
      if (entry.kind === 'shortened') this.#startSize = size;
      this.#redo(entry);
    }
    this.#isReading = false;
    [this.#entries, this.#changes, this.#transaction] = [[], [], undefined];
    if (isFirst) log.append(entryJson({ kind: 'format', version: VERSION }));
    else if (size > this.#startSize * GROWTH) this.#shorten(log);
  }

  #redo(entry: Entry): void {
    const engine = this.#engine;
    switch (entry.kind) {
      case 'table created':
        engine.execute('CreateTable', entry.input, { now: entry.at });
        break;
      case 'table deleted':
        engine.execute('DeleteTable', { TableName: entry.table }, { now: entry.at });
        break;
      case 'time to live':
        engine.restoreTimeToLive(entry.table, entry.attribute);
        break;
      case 'changes':
        for (const change of entry.changes) engine.redo(change);
        if (entry.transaction) this.#restoreTransaction(entry.transaction);
        break;
      case 'items':
        for (const item of entry.items) if (item) engine.restoreItem(entry.table, item);
        break;
      case 'transaction':
        this.#restoreTransaction(entry.transaction);
        break;
      case 'stream':
        this.streams.restoreStream(entry.identity, entry.progress);
        break;
      case 'records':
        this.streams.restoreRecords(entry.stream, entry.records);
        break;
      case 'sequence':
        this.streams.restore(entry.sequence);
        break;
      default:
    }
  }

  #restoreTransaction({ token, repeatUnits, ...done }: PastTransaction): void {
    this.#engine.restoreTransaction(token, { ...done, repeatUnits: new Map(repeatUnits) });
  }
}

const pastTransaction = (token: string, { repeatUnits, ...done }: DoneTransaction): PastTransaction => ({
  token,
  ...done,
  repeatUnits: [...repeatUnits],
});
