/**
 * DynamoDB's limits.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const KB = 1_024;
export const MB = KB * KB;

/** An item with its attribute names takes at most 400 KB. */
export const MAX_ITEM_SIZE = 400 * KB;
/** A partition key takes 1 to 2,048 bytes. */
export const MAX_PARTITION_KEY_SIZE = 2_048;
/** A sort key takes 1 to 1,024 bytes. */
export const MAX_SORT_KEY_SIZE = 1_024;
/** Lists and maps are at most 32 levels deep. */
export const MAX_DEPTH = 32;
/** An expression takes at most 4 KB. */
export const MAX_EXPRESSION_SIZE = 4 * KB;
/** An expression has at most 300 operators or functions, and so no more of them in one another. */
export const MAX_EXPRESSION_DEPTH = 300;
/** IN takes at most 100 operands. */
export const MAX_IN_OPERANDS = 100;
/** BatchWriteItem takes at most 25 requests. */
export const MAX_BATCH_WRITES = 25;
/** BatchGetItem takes at most 100 keys. */
export const MAX_BATCH_GETS = 100;
/** A transaction takes at most 100 items. */
export const MAX_TRANSACTION_ITEMS = 100;
/** The items of a transaction take at most 4 MB together. */
export const MAX_TRANSACTION_SIZE = 4 * MB;
/** BatchGetItem answers at most 16 MB, and BatchWriteItem takes at most 16 MB. */
export const MAX_BATCH_SIZE = 16 * MB;
/** Query and Scan read at most 1 MB a page, before any filter. */
export const MAX_PAGE_SIZE = 1 * MB;
/** A ClientRequestToken is remembered for 10 minutes. */
export const TOKEN_TTL_MS = 600_000;
/** A number has at most 38 significant digits. */
export const MAX_DIGITS = 38;
