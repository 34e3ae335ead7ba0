import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { noteUnits } from '../table/units.ts';
import type { DynamoDb, Input, Operation, Output } from './dynamo-db.ts';

const READS: readonly Operation[] = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
/** Of an item under 1 KB. A transaction takes twice as much. */
const WRITE_UNITS = 1;
const TRANSACTION_FACTOR = 2;

/**
 * Notes the capacity units that calls use, as DynamoDB's answers tell them.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
 */
export class MeteredDynamoDb implements DynamoDb {
  readonly #dynamoDb: DynamoDb;

  constructor(dynamoDb: DynamoDb) {
    this.#dynamoDb = dynamoDb;
  }

  async call<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    try {
      const output = await this.#dynamoDb.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
      const units = unitsOf(output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] });
      noteUnits(READS.includes(operation) ? { reads: units } : { writes: units });
      return output;
    } catch (error) {
      noteUnits({ writes: refusedUnits(error) });
      throw error;
    }
  }
}

const unitsOf = ({ ConsumedCapacity = [] }: { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }): number =>
  [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

/** A write whose condition did not hold is charged too. Its error does not tell how much, so each item counts as a small one. */
const refusedUnits = (error: unknown): number => {
  const { name, CancellationReasons = [] } = error as { name?: string; CancellationReasons?: unknown[] };
  if (name === 'ConditionalCheckFailedException') return WRITE_UNITS;
  return name === 'TransactionCanceledException' ? CancellationReasons.length * WRITE_UNITS * TRANSACTION_FACTOR : 0;
};
