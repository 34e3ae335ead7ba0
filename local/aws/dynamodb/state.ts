import type { CreateTableInput } from '@aws-sdk/client-dynamodb';
import { tableNotFound } from './errors.ts';
import type { Change, Table } from './table.ts';
import type { StreamRecord } from './types.ts';
import { areItemsEqual } from './values.ts';

export interface EngineOptions {
  /** For how long, in milliseconds, reads can show the past: 0 when no read is eventually consistent. */
  historyMs?: number;
  /** Hears of every change to a table with a stream, in order. Images are what is stored, to be read only. */
  onRecord?: ((record: StreamRecord) => void) | undefined;
  /** Is told what happens, at once; what it is given is the engine's own, and stays as it is. */
  observer?: Observer | undefined;
  /** In the tables' ARNs. */
  region?: string;
}

/** Who keeps what a restart must find again, or passes it on. */
export interface Observer {
  tableCreated(table: Table, input: CreateTableInput, now: number): void;
  tableDeleted(table: Table, now: number): void;
  /** @param attribute undefined: nothing expires any more */
  timeToLiveSet(table: Table, attribute: string | undefined): void;
  /** An item was written or deleted; a write that changes nothing is none. */
  changed(change: Change, now: number, userIdentity: StreamRecord['userIdentity']): void;
  /** All changes of a transaction under a token were told. */
  transactionDone(token: string, done: DoneTransaction): void;
}

/** A transaction that was done under a ClientRequestToken. */
export interface DoneTransaction {
  fingerprint: string;
  at: number;
  /** Read units that the same request costs again. */
  repeatUnits: Map<string, number>;
}

/** Everything that the engine holds. */
export class State {
  readonly tables = new Map<string, Table>();
  readonly transactions = new Map<string, DoneTransaction>();
  readonly historyMs: number;
  readonly region: string;
  readonly observer: Observer | undefined;
  readonly #onRecord: ((record: StreamRecord) => void) | undefined;
  #sequence = 0;

  constructor({ historyMs = 0, region = 'local', onRecord, observer }: EngineOptions) {
    this.historyMs = historyMs;
    this.region = region;
    this.observer = observer;
    this.#onRecord = onRecord;
  }

  /** @throws ResourceNotFoundException */
  table(name: string | undefined): Table {
    const table = this.tables.get(name ?? '');
    if (!table) throw tableNotFound();
    return table;
  }

  /** Does a change, and tells the stream of it, unless it changes nothing. */
  commit(change: Change, now: number, userIdentity?: StreamRecord['userIdentity']): void {
    const { table, before, after } = change;
    const isChange = before && after ? !areItemsEqual(before.attributes, after.attributes) : before !== after;
    if (!isChange) return;
    table.commit(change, now);
    this.observer?.changed(change, now, userIdentity);
    const { stream, name: tableName } = table.schema;
    const item = after ?? before;
    if (!stream || !item || !this.#onRecord) return;
    const { viewType } = stream;
    this.#onRecord({
      tableName,
      sequence: ++this.#sequence,
      eventName: !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE',
      keys: table.keyOf(item),
      ...(after && viewType.startsWith('NEW') && { newImage: after.attributes }),
      ...(before && viewType.includes('OLD') && { oldImage: before.attributes }),
      ...(userIdentity && { userIdentity }),
      createdAt: now,
    });
  }
}
