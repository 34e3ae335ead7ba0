import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Key, Write } from '../table/table.ts';
import { toAttributes } from './attributes.ts';
import type { DynamoDb } from './dynamo-db.ts';
import { conditionRequest, updateRequest } from './expressions.ts';

/** Sends one write by PutItem, UpdateItem or DeleteItem, which take half the units of a transaction. */
export const writeOne = async (
  dynamoDb: DynamoDb,
  TableName: string,
  write: Exclude<Write, { check: Key }>,
): Promise<void> => {
  if ('put' in write) {
    await dynamoDb.call('PutItem', { TableName, Item: toAttributes(write.put), ...conditionRequest(write.when) });
  } else if ('update' in write) {
    await dynamoDb.call('UpdateItem', { TableName, ...updateRequest(write) });
  } else {
    await dynamoDb.call('DeleteItem', { TableName, Key: toAttributes(write.delete), ...conditionRequest(write.when) });
  }
};

/** Sends writes and checks as one transaction. */
export const transact = async (dynamoDb: DynamoDb, TableName: string, writes: Write[]): Promise<void> => {
  const TransactItems = writes.map((write): TransactWriteItem => {
    if ('put' in write) return { Put: { TableName, Item: toAttributes(write.put), ...conditionRequest(write.when) } };
    if ('update' in write) return { Update: { TableName, ...updateRequest(write) } };
    if ('delete' in write) {
      return { Delete: { TableName, Key: toAttributes(write.delete), ...conditionRequest(write.when) } };
    }
    return {
      ConditionCheck: {
        TableName,
        Key: toAttributes(write.check),
        ConditionExpression: '',
        ...conditionRequest(write.when),
      },
    };
  });
  await dynamoDb.call('TransactWriteItems', { TransactItems });
};

/**
 * Which writes were refused by their condition; none when the transaction only met another one (try again);
 * undefined when the error is something else. `TransactionCanceledException` carries all of these.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const refusedWrites = (error: unknown): number[] | undefined => {
  const { name, CancellationReasons = [] } = error as { name?: string; CancellationReasons?: CancellationReason[] };
  if (name === 'ConditionalCheckFailedException') return [0];
  if (name !== 'TransactionCanceledException') {
    return name === 'TransactionConflictException' || name === 'TransactionInProgressException' ? [] : undefined;
  }
  const codes = CancellationReasons.map((reason) => reason.Code ?? 'None');
  const refused = codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : []));
  if (refused.length > 0) return refused;
  const passing = ['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  return codes.length > 0 && codes.every((code) => passing.includes(code)) ? [] : undefined;
};
