import type { BatchGetItemInput, BatchGetItemOutput, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { throttled, validation } from '../errors.ts';
import { projectionPaths } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import { placeOfKey } from '../item-keys.ts';
import { MAX_BATCH_GETS, MAX_BATCH_SIZE } from '../limits.ts';
import type { State } from '../state.ts';
import type { Attributes, Charge, Context } from '../types.ts';
import { readUnits } from '../units.ts';
import { type GetIntent, readStored, shown } from './get-item.ts';
import { readCharge, takeKey } from './intent.ts';

interface Ask extends GetIntent {
  key: Attributes;
  request: KeysAndAttributes;
}

/**
 * Keys for which there is no capacity, or no room in 16 MB, come back unprocessed; with no capacity for any, it is an error.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const batchGetItem = (state: State, input: BatchGetItemInput, context: Context): BatchGetItemOutput => {
  const asks = asksOf(state, input);
  const Responses: Record<string, Attributes[]> = {};
  for (const { table } of asks) Responses[table.schema.name] ??= [];
  const charges: Charge[] = [];
  const left: Ask[] = [];
  let size = 0;
  let throttles = 0;
  for (const ask of asks) {
    const { table, place, paths, request } = ask;
    const isConsistent = request.ConsistentRead === true;
    const item = readStored(ask, isConsistent, context);
    if (context.isLeft?.() || size + (item?.size ?? 0) > MAX_BATCH_SIZE) {
      left.push(ask);
      continue;
    }
    const charge = readCharge(
      table,
      place.partition,
      readUnits(item?.size ?? 0, isConsistent ? 'consistent' : 'eventual'),
    );
    if (context.charge?.([charge]).kind === 'throttled') {
      throttles++;
      left.push(ask);
      continue;
    }
    charges.push(charge);
    size += item?.size ?? 0;
    if (item) Responses[table.schema.name]?.push(shown(item, paths));
  }
  if (throttles === asks.length) throw throttled();
  const ConsumedCapacity = consumedCapacity(input.ReturnConsumedCapacity, charges);
  return { Responses, UnprocessedKeys: unprocessed(left), ...(ConsumedCapacity && { ConsumedCapacity }) };
};

const asksOf = (state: State, { RequestItems }: BatchGetItemInput): Ask[] => {
  const tables = Object.entries(RequestItems ?? {});
  const count = tables.reduce((sum, [, { Keys }]) => sum + (Keys?.length ?? 0), 0);
  if (tables.length === 0 || count === 0) {
    throw validation(
      `1 validation error detected: Value '${JSON.stringify(RequestItems)}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  if (count > MAX_BATCH_GETS) throw validation('Too many items requested for the BatchGetItem call');
  const ids = new Set<string>();
  return tables.flatMap(([name, request]) => {
    const scope = new Scope(request.ExpressionAttributeNames, undefined);
    const paths = projectionPaths(request.ProjectionExpression, scope);
    scope.done();
    const table = state.table(name);
    return (request.Keys ?? []).map((input): Ask => {
      const key = takeKey(input);
      const place = placeOfKey(table.schema.key, key);
      const id = table.idOf(place);
      if (ids.has(id)) throw validation('Provided list of item keys contains duplicates');
      ids.add(id);
      return { table, place, paths, key, request };
    });
  });
};

const unprocessed = (left: Ask[]): Record<string, KeysAndAttributes> => {
  const tables: Record<string, KeysAndAttributes> = {};
  for (const { table, request, key } of left) {
    const part = (tables[table.schema.name] ??= { ...request, Keys: [] });
    part.Keys?.push(key);
  }
  return tables;
};
