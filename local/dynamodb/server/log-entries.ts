import type { CreateTableInput } from '@aws-sdk/client-dynamodb';
import type { PastChange } from '../../aws/dynamodb/engine.ts';
import { attributesJson } from '../../aws/dynamodb/json.ts';
import type { DoneTransaction } from '../../aws/dynamodb/state.ts';
import type { KeptRecord } from '../../aws/dynamodb-streams/record-queue.ts';
import type { StreamIdentity, StreamProgress } from '../../aws/dynamodb-streams/table-stream.ts';
import { takeAttributes } from './attribute-values.ts';

/** A line of the log. All changes of one request are in one line, so they are kept whole or not at all. */
export type Entry =
  | { kind: 'format'; version: number }
  | { kind: 'table created'; at: number; input: CreateTableInput }
  | { kind: 'table deleted'; at: number; table: string }
  | { kind: 'time to live'; table: string; attribute?: string | undefined }
  | { kind: 'changes'; changes: PastChange[]; transaction?: PastTransaction | undefined }
  /** The entries below are the state that a log begins with when it was written anew. */
  | { kind: 'items'; table: string; items: PastChange['item'][] }
  | { kind: 'transaction'; transaction: PastTransaction }
  | { kind: 'stream'; identity: StreamIdentity; progress: StreamProgress }
  | { kind: 'records'; stream: string; records: KeptRecord[] }
  | { kind: 'sequence'; sequence: number }
  | { kind: 'shortened' };

export type PastTransaction = Omit<DoneTransaction, 'repeatUnits'> & {
  token: string;
  repeatUnits: [string, number][];
};

/** Items and keys may hold bytes; nothing else does. */
export const entryJson = (entry: Entry): string => {
  if (entry.kind === 'items') {
    const items = entry.items.map((item) => attributesJson(item ?? {}));
    return `{"kind":"items","table":${JSON.stringify(entry.table)},"items":[${items.join(',')}]}`;
  }
  if (entry.kind !== 'changes') return JSON.stringify(entry);
  const changes = entry.changes.map(({ item, key, ...rest }) => {
    const attributes = item ? `"item":${attributesJson(item)}` : `"key":${attributesJson(key ?? {})}`;
    return `${JSON.stringify(rest).slice(0, -1)},${attributes}}`;
  });
  const transaction = entry.transaction ? `,"transaction":${JSON.stringify(entry.transaction)}` : '';
  return `{"kind":"changes","changes":[${changes.join(',')}]${transaction}}`;
};

export const readEntry = (json: string): Entry => {
  const entry = JSON.parse(json) as Entry;
  if (entry.kind === 'items') return { ...entry, items: entry.items.map((item) => takeAttributes(item)) };
  if (entry.kind !== 'changes') return entry;
  const changes = entry.changes.map(({ item, key, ...rest }) => ({
    ...rest,
    ...(item && { item: takeAttributes(item) }),
    ...(key && { key: takeAttributes(key) }),
  }));
  return { ...entry, changes };
};
