import type { Update as TransactUpdate, UpdateItemInput, UpdateItemOutput } from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { validation } from '../errors.ts';
import type { Path } from '../expressions/ast.ts';
import { conditionTest } from '../expressions/condition.ts';
import { project } from '../expressions/paths.ts';
import { Scope } from '../expressions/scope.ts';
import { updateOf } from '../expressions/update.ts';
import { keyAttributes, placeOfKey } from '../item-keys.ts';
import { MAX_ITEM_SIZE } from '../limits.ts';
import type { State } from '../state.ts';
import type { Change } from '../table.ts';
import type { Attributes, Context } from '../types.ts';
import { type Intent, takeKey, toStored, writeAlone } from './intent.ts';
import { checkReturnValues } from './put-item.ts';

type Input = Omit<TransactUpdate, 'UpdateExpression'> & { UpdateExpression?: string | undefined };

/** @throws ValidationException, ResourceNotFoundException */
export const updateIntent = (state: State, input: Input): Intent & { paths: Path[] } => {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const update = input.UpdateExpression === undefined ? undefined : updateOf(input.UpdateExpression, scope);
  const test = conditionTest('ConditionExpression', input.ConditionExpression, scope);
  scope.done();
  const table = state.table(input.TableName);
  const key = takeKey(input.Key);
  const place = placeOfKey(table.schema.key, key);
  const paths = update?.paths ?? [];
  for (const { name } of keyAttributes(table.schema.key)) {
    if (paths.some(([first]) => first === name)) {
      throw validation(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
  }
  return {
    table,
    place,
    test,
    paths,
    returnsItem: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    next: (before) => {
      const old = before?.attributes ?? key;
      const item = toStored(table, update ? update.apply(old) : old);
      if (item.size > MAX_ITEM_SIZE) throw validation('Item size to update has exceeded the maximum allowed size');
      return item;
    },
  };
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
export const updateItem = (state: State, input: UpdateItemInput, context: Context): UpdateItemOutput => {
  checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
  const intent = updateIntent(state, input as Input);
  const { change, charges } = writeAlone(state, intent, context);
  const returned = returnedAttributes(input.ReturnValues, change, intent.paths);
  const [ConsumedCapacity] = consumedCapacity(input.ReturnConsumedCapacity, charges) ?? [];
  return {
    ...(returned && { Attributes: returned }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
};

const returnedAttributes = (
  asked: UpdateItemInput['ReturnValues'],
  { before, after }: Change,
  paths: Path[],
): Attributes | undefined => {
  if (asked === 'ALL_OLD') return before?.attributes;
  if (asked === 'ALL_NEW') return after?.attributes;
  const item = asked === 'UPDATED_OLD' ? before : asked === 'UPDATED_NEW' ? after : undefined;
  const part = item && project(item.attributes, paths);
  return part && Object.keys(part).length > 0 ? part : undefined;
};
