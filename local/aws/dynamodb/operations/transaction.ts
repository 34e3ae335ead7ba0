import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { INDEX_THROTTLED, TABLE_THROTTLED, validation } from '../errors.ts';
import type { Place } from '../item-keys.ts';
import { MAX_TRANSACTION_ITEMS } from '../limits.ts';
import type { Table } from '../table.ts';

/** Reasons as AWS words them: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const CONFLICT: CancellationReason = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
};

/** An on-demand table's reason; a provisioned one's would be ProvisionedThroughputExceeded. */
export const throttleReason = (indexName: string | undefined): CancellationReason => ({
  Code: 'ThrottlingError',
  Message: indexName === undefined ? TABLE_THROTTLED : INDEX_THROTTLED,
});

/** A transaction has 1 to 100 items. */
export const checkCount = (items: unknown[]): void => {
  if (items.length >= 1 && items.length <= MAX_TRANSACTION_ITEMS) return;
  const bound = items.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_TRANSACTION_ITEMS}`;
  throw validation(
    `1 validation error detected: Value '${JSON.stringify(items)}' at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  );
};

/** No two of them are on one item. */
export const checkDistinct = (intents: { table: Table; place: Place }[]): void => {
  const ids = new Set(intents.map(({ table, place }) => table.idOf(place)));
  if (ids.size < intents.length) {
    throw validation('Transaction request cannot include multiple operations on one item');
  }
};
