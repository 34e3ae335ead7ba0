import type { Delete, DeleteItemInput, DeleteItemOutput } from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { conditionTest } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import { placeOfKey } from '../item-keys.ts';
import type { State } from '../state.ts';
import type { Context } from '../types.ts';
import { type Intent, takeKey, writeAlone } from './intent.ts';
import { checkReturnValues } from './put-item.ts';

/** @throws ValidationException, ResourceNotFoundException */
export const deleteIntent = (state: State, input: Delete): Intent => {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const test = conditionTest('ConditionExpression', input.ConditionExpression, scope);
  scope.done();
  const table = state.table(input.TableName);
  return {
    table,
    place: placeOfKey(table.schema.key, takeKey(input.Key)),
    test,
    returnsItem: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    next: () => undefined,
  };
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html */
export const deleteItem = (state: State, input: DeleteItemInput, context: Context): DeleteItemOutput => {
  checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
  const { change, charges } = writeAlone(state, deleteIntent(state, input as Delete), context);
  const [ConsumedCapacity] = consumedCapacity(input.ReturnConsumedCapacity, charges) ?? [];
  return {
    ...(input.ReturnValues === 'ALL_OLD' && change.before && { Attributes: change.before.attributes }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
};
