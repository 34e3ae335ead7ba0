import type { Put, PutItemInput, PutItemOutput } from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { validation } from '../errors.ts';
import { conditionTest } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import { placeOfItem } from '../item-keys.ts';
import type { State } from '../state.ts';
import type { Context } from '../types.ts';
import { type Intent, takeItem, writeAlone } from './intent.ts';

/** @throws ValidationException, ResourceNotFoundException */
export const putIntent = (state: State, input: Put): Intent => {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const test = conditionTest('ConditionExpression', input.ConditionExpression, scope);
  scope.done();
  const table = state.table(input.TableName);
  const item = takeItem(table, input.Item);
  return {
    table,
    place: placeOfItem(table.schema.key, item.attributes),
    test,
    returnsItem: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    next: () => item,
  };
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export const putItem = (state: State, input: PutItemInput, context: Context): PutItemOutput => {
  checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
  const { change, charges } = writeAlone(state, putIntent(state, input as Put), context);
  const [ConsumedCapacity] = consumedCapacity(input.ReturnConsumedCapacity, charges) ?? [];
  return {
    ...(input.ReturnValues === 'ALL_OLD' && change.before && { Attributes: change.before.attributes }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
};

/** @throws ValidationException for what the operation doesn't return */
export const checkReturnValues = (asked: string | undefined, known: string[]): void => {
  if (asked === undefined || known.includes(asked)) return;
  if (['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'ALL_OLD', 'NONE'].includes(asked)) {
    throw validation('Return values set to invalid value');
  }
  throw validation(
    `1 validation error detected: Value '${asked}' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]`,
  );
};
