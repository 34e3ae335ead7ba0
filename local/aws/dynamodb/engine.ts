import { validation } from './errors.ts';
import { placeOfItem, placeOfKey } from './item-keys.ts';
import { batchGetItem } from './operations/batch-get-item.ts';
import { batchWriteItem } from './operations/batch-write-item.ts';
import { createTable } from './operations/create-table.ts';
import { deleteItem } from './operations/delete-item.ts';
import { deleteTable } from './operations/delete-table.ts';
import { describeTable } from './operations/describe-table.ts';
import { getItem } from './operations/get-item.ts';
import { toStored } from './operations/intent.ts';
import { listTables } from './operations/list-tables.ts';
import { putItem } from './operations/put-item.ts';
import { query } from './operations/query.ts';
import { scan } from './operations/scan.ts';
import { describeTimeToLive, updateTimeToLive } from './operations/time-to-live.ts';
import { transactGetItems } from './operations/transact-get-items.ts';
import { prepareTransaction, transactWriteItems } from './operations/transact-write-items.ts';
import { updateItem } from './operations/update-item.ts';
import type { Stored } from './rows.ts';
import { type DoneTransaction, type EngineOptions, State } from './state.ts';
import type { TableSchema } from './table.ts';
import type { Attributes, Context, StreamRecord } from './types.ts';

const OPERATIONS = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: deleteItem,
  DeleteTable: deleteTable,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  GetItem: getItem,
  ListTables: listTables,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UpdateItem: updateItem,
  UpdateTimeToLive: updateTimeToLive,
};

type Operations = typeof OPERATIONS;
export type Operation = keyof Operations;
export type Input<O extends Operation> = Parameters<Operations[O]>[1];
export type Output<O extends Operation> = ReturnType<Operations[O]>;

export const isOperation = (name: string): name is Operation => Object.hasOwn(OPERATIONS, name);

/** Parameters from before expressions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html */
const LEGACY = [
  ...['AttributesToGet', 'AttributeUpdates', 'ConditionalOperator', 'Expected', 'KeyConditions', 'QueryFilter'],
  'ScanFilter',
];

/** Who removes what has expired: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
const TTL_IDENTITY = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

export interface TableContents {
  schema: TableSchema;
  ttlAttribute: string | undefined;
  items: Iterable<Stored>;
}

/** A change of one item, without what it was before. */
export interface PastChange {
  tableName: string;
  /** The whole item, unless it was deleted. */
  item?: Attributes | undefined;
  /** The key of a deleted item. */
  key?: Attributes | undefined;
  /** Milliseconds since 1970. */
  at: number;
  userIdentity?: StreamRecord['userIdentity'];
}

/**
 * DynamoDB in this process, at the level of its API: each call is one operation, done at once, or the SDK's own exception.
 * It knows no clock and no chance: the context brings the time, and may throttle, conflict, or show the past.
 */
export class DynamoDbEngine {
  readonly #state: State;

  constructor(options: EngineOptions = {}) {
    this.#state = new State(options);
  }

  /** @throws DynamoDBServiceException */
  execute<O extends Operation>(operation: O, input: Input<O>, context: Context): Output<O> {
    for (const name of LEGACY) {
      if (Object.hasOwn(input, name)) throw validation(`The parameter ${name} is not supported: use expressions`);
    }
    const run = OPERATIONS[operation] as (state: State, input: Input<O>, context: Context) => Output<O>;
    return run(this.#state, input, context);
  }

  /** The items that a write transaction names, each by one text. @throws ValidationException, ResourceNotFoundException */
  transactionItems(input: Input<'TransactWriteItems'>): string[] {
    return prepareTransaction(this.#state, input).map(({ table, place }) => table.idOf(place));
  }

  /**
   * Removes what is past its time to live. AWS does so within a few days of it; until then the items are read as before.
   * @param limit how many at most
   * @returns how many went
   */
  expire(now: number, limit = Number.POSITIVE_INFINITY): number {
    let removed = 0;
    for (const table of this.#state.tables.values()) {
      for (const { place } of table.expired(Math.floor(now / 1_000))) {
        if (removed >= limit) return removed;
        this.#state.commit(table.plan(place, undefined), now, TTL_IDENTITY);
        removed++;
      }
    }
    return removed;
  }

  /** Everything that there is, for whoever keeps it elsewhere. Items are in the order of a scan. */
  *contents(): Generator<TableContents> {
    for (const table of this.#state.tables.values()) {
      const { schema, ttlAttribute, rows } = table;
      yield { schema, ttlAttribute, items: rows.scan().flatMap(({ item }) => (item ? [item] : [])) };
    }
  }

  /** The transactions whose tokens are remembered. */
  get transactions(): ReadonlyMap<string, DoneTransaction> {
    return this.#state.transactions;
  }

  /** Puts an item back, and tells nobody of it. */
  restoreItem(tableName: string, item: Attributes): void {
    const table = this.#state.table(tableName);
    table.commit(table.plan(placeOfItem(table.schema.key, item), toStored(table, item)), 0);
  }

  restoreTimeToLive(tableName: string, attribute: string | undefined): void {
    this.#state.table(tableName).setTtl(attribute);
  }

  restoreTransaction(token: string, done: DoneTransaction): void {
    this.#state.transactions.set(token, done);
  }

  /** Does a change that was done before, and tells the stream of it as then. */
  redo({ tableName, item, key, at, userIdentity }: PastChange): void {
    const table = this.#state.table(tableName);
    const place = item ? placeOfItem(table.schema.key, item) : placeOfKey(table.schema.key, key ?? {});
    this.#state.commit(table.plan(place, item && toStored(table, item)), at, userIdentity);
  }

  /** Items and remembered rows of a table, for those who watch its memory. */
  counts(tableName: string): { items: number; rows: number } {
    const { rows } = this.#state.table(tableName);
    return { items: rows.count, rows: rows.kept };
  }
}
