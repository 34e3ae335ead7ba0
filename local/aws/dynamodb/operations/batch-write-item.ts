import type { BatchWriteItemInput, BatchWriteItemOutput, WriteRequest } from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { throttled, validation } from '../errors.ts';
import { placeOfItem, placeOfKey } from '../item-keys.ts';
import { MAX_BATCH_SIZE, MAX_BATCH_WRITES } from '../limits.ts';
import type { Stored } from '../rows.ts';
import type { State } from '../state.ts';
import { chargesOf } from '../table.ts';
import type { Charge, Context } from '../types.ts';
import { type Intent, takeItem, takeKey } from './intent.ts';

interface Ask extends Pick<Intent, 'table' | 'place'> {
  request: WriteRequest;
  item: Stored | undefined;
}

/**
 * Each put and delete stands by itself. One for which there is no capacity, or whose item a transaction holds, comes back
 * unprocessed: this operation has no conflict error. With no capacity for any, it is an error.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export const batchWriteItem = (state: State, input: BatchWriteItemInput, context: Context): BatchWriteItemOutput => {
  const asks = asksOf(state, input);
  const charges: Charge[] = [];
  const UnprocessedItems: Record<string, WriteRequest[]> = {};
  let throttles = 0;
  for (const { table, place, item, request } of asks) {
    const change = table.plan(place, item);
    const own = chargesOf(change);
    const isHeld = (context.isLeft?.() || context.isHeld?.(table.idOf(place))) ?? false;
    const isThrottled = !isHeld && context.charge?.(own).kind === 'throttled';
    if (isThrottled) throttles++;
    if (isHeld || isThrottled) {
      (UnprocessedItems[table.schema.name] ??= []).push(request);
      continue;
    }
    charges.push(...own);
    state.commit(change, context.now);
  }
  if (throttles === asks.length) throw throttled();
  const ConsumedCapacity = consumedCapacity(input.ReturnConsumedCapacity, charges);
  return { UnprocessedItems, ...(ConsumedCapacity && { ConsumedCapacity }) };
};

const asksOf = (state: State, { RequestItems }: BatchWriteItemInput): Ask[] => {
  const tables = Object.entries(RequestItems ?? {});
  const count = tables.reduce((sum, [, requests]) => sum + requests.length, 0);
  if (count === 0) {
    throw validation(
      `1 validation error detected: Value '${JSON.stringify(RequestItems)}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  if (count > MAX_BATCH_WRITES) throw validation('Too many items requested for the BatchWriteItem call');
  const ids = new Set<string>();
  let size = 0;
  const asks = tables.flatMap(([name, requests]) => {
    const table = state.table(name);
    return requests.map((request): Ask => {
      const { PutRequest, DeleteRequest } = request;
      if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
        throw validation(
          'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
        );
      }
      const item = PutRequest && takeItem(table, PutRequest.Item);
      const place = item
        ? placeOfItem(table.schema.key, item.attributes)
        : placeOfKey(table.schema.key, takeKey(DeleteRequest?.Key));
      const id = table.idOf(place);
      if (ids.has(id)) throw validation('Provided list of item keys contains duplicates');
      ids.add(id);
      size += item?.size ?? 0;
      return { table, place, item, request };
    });
  });
  if (size > MAX_BATCH_SIZE) throw validation('The batch write request size exceeded the maximum of 16 MB');
  return asks;
};
