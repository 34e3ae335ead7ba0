import { TransientError } from '../runtime/transient.ts';

/** The primary key of an item. */
export interface Key {
  pk: string;
  sk: string;
}

/** A value an attribute can hold; `undefined` is left out. */
export type Value = string | number | boolean | null | undefined | Value[] | { [name: string]: Value };

/** An item of the table: its key, its type, and what its concept puts in it. */
export type Item = Key & { type: string; expiresAt?: number | undefined };

/** A test of the stored item, made in the same step as the write. All of a write's conditions must hold. */
export type Condition =
  | { attribute: string; is: 'absent' }
  | { attribute: string; is: 'present' }
  /** No such attribute, or a larger value. */
  | { attribute: string; is: 'absent or >'; value: number }
  /** No such attribute, or a smaller value. */
  | { attribute: string; is: 'absent or <'; value: number }
  | { attribute: string; is: '=' | '<' | '<=' | '>' | '>='; value: string | number | boolean };

/** One change to one item, or a check that goes with other changes. */
export type Write =
  | { put: Item; when?: Condition[] }
  | {
      update: Key;
      set?: Record<string, Value>;
      add?: Record<string, number>;
      remove?: string[];
      when?: Condition[];
    }
  | { delete: Key; when?: Condition[] }
  | { check: Key; when: Condition[] };

/** `refused` gives the indices of the writes whose conditions did not hold; nothing was written then. */
export type WriteOutcome = { kind: 'written' } | { kind: 'refused'; refused: number[] };

/** Which part of one partition to read, in which direction, and how much of it. */
export interface Query {
  pk: string;
  /** Read `feed` (by `feedPk`, `feedSk`; keys only) in place of the table; always eventually consistent. */
  index?: 'feed';
  /** Only sort keys that begin so. */
  prefix?: string;
  /** Only sort keys from this one on, itself included. Not with `prefix`. */
  from?: string | undefined;
  /** Only sort keys up to this one, itself included. Not with `prefix`. */
  to?: string | undefined;
  /** Go on behind this sort key, in the direction of reading, itself excluded. */
  after?: string | undefined;
  newestFirst?: boolean;
  /** How many items at most; everything in the range when left out. */
  limit?: number;
  consistent?: boolean;
  /** Only items for which all of these hold. AWS reads and charges the others all the same, and counts them in a limit. Not with `limit`. */
  where?: Condition[];
  /** Only these attributes; all of them when left out. AWS charges for whole items in both cases. */
  attributes?: string[];
}

export interface ReadOptions {
  consistent?: boolean;
}

export interface WriteOptions {
  /** How often to try while other transactions are in the way; 12 when left out. */
  attempts?: number;
}

export interface BatchOptions {
  /** In milliseconds since 1970; ten seconds from now when left out. */
  deadline?: number;
}

/**
 * The one table, as the stores see it: DynamoDB's operations without its expressions.
 * There are two of them, and one contract suite: `DynamoTable` and, for tests, `MemoryTable`.
 */
export interface Table {
  get<T extends Item>(key: Key, options?: ReadOptions): Promise<T | undefined>;
  /** Any number of keys; the answer has no order and leaves out what does not exist. */
  batchGet<T extends Item>(keys: Key[], options?: ReadOptions): Promise<T[]>;
  query<T extends Partial<Item> = Item>(query: Query): Promise<T[]>;
  /** All of the writes, or none: up to 100 in one transaction. @throws TableBusyError when conflicts don't end. */
  write(writes: Write[], options?: WriteOptions): Promise<WriteOutcome>;
  /**
   * Unconditional puts and deletes, any number, in no order, as fast as the table takes them. What was written stays
   * written when it ends early.
   * @throws TableBusyError when some are left at the deadline
   */
  batchWrite(writes: ({ put: Item } | { delete: Key })[], options?: BatchOptions): Promise<void>;
  /** How many items a second a batch writes at present; no number is given where nothing limits it. */
  readonly writesPerSecond?: number;
  /**
   * Every item, for audits, exports, migrations and tests; never called by a function.
   * @param after go on behind this key, in the order of an earlier scan
   */
  scan(after?: Key): AsyncIterable<Item>;
}

/** What a write failed on for now; the caller may try again. */
export class TableBusyError extends TransientError {
  readonly code = 'busy';
  override readonly name = 'TableBusyError';
}
