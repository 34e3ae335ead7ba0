import { KB } from './limits.ts';

/**
 * A write takes a unit for each KB begun, and one at least; a change is counted by the larger of the old and the new item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const writeUnits = (size: number): number => Math.max(1, Math.ceil(size / KB));

/** How a read's units are counted: half for an eventually consistent one, double in a transaction. */
export type ReadKind = 'eventual' | 'consistent' | 'transaction';

const READ_FACTOR: Record<ReadKind, number> = { eventual: 0.5, consistent: 1, transaction: 2 };

/**
 * A read takes a unit for each 4 KB begun, and one at least, even when it finds nothing. Query and Scan sum up the sizes
 * first and round once.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const readUnits = (size: number, kind: ReadKind): number =>
  Math.max(1, Math.ceil(size / (4 * KB))) * READ_FACTOR[kind];

/**
 * A transaction prepares and commits each item: two writes to the table. Its indexes are written once.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling
 */
export const TRANSACTION_FACTOR = 2;

/** An entry of an index before and after a change. */
export interface EntryChange {
  before: { place: string; size: number } | undefined;
  after: { place: string; size: number } | undefined;
  /** Whether anything that the index holds has changed. */
  isTouched: boolean;
}

/**
 * An index takes a write to put an entry, one to delete it, two to move it to another key, one to change what is projected,
 * and none when nothing that it holds has changed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export const indexWriteUnits = ({ before, after, isTouched }: EntryChange): number => {
  if (before && after && before.place === after.place) {
    return isTouched ? writeUnits(Math.max(before.size, after.size)) : 0;
  }
  return (before ? writeUnits(before.size) : 0) + (after ? writeUnits(after.size) : 0);
};
