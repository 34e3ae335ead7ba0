import type {
  CancellationReason,
  ItemResponse,
  TransactGetItemsInput,
  TransactGetItemsOutput,
} from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { transactionCancelled, validation } from '../errors.ts';
import { MAX_TRANSACTION_SIZE } from '../limits.ts';
import type { State } from '../state.ts';
import type { Charge, Context } from '../types.ts';
import { readUnits } from '../units.ts';
import { getIntent, readStored, shown } from './get-item.ts';
import { readCharge } from './intent.ts';
import { CONFLICT, checkCount, checkDistinct, throttleReason } from './transaction.ts';

/**
 * Reads items as they are together. One that a write transaction holds cancels it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 */
export const transactGetItems = (
  state: State,
  input: TransactGetItemsInput,
  context: Context,
): TransactGetItemsOutput => {
  const items = input.TransactItems ?? [];
  checkCount(items);
  const intents = items.map(({ Get }) => {
    if (!Get) throw validation('Invalid Request: TransactGetRequest should contain Get Request');
    return getIntent(state, Get);
  });
  checkDistinct(intents);
  const charges: Charge[] = [];
  const Responses: ItemResponse[] = [];
  let size = 0;
  const reasons = intents.map((intent): CancellationReason => {
    const { table, place, paths } = intent;
    if (context.isHeld?.(table.idOf(place))) return CONFLICT;
    const item = readStored(intent, true, context);
    const charge = readCharge(table, place.partition, readUnits(item?.size ?? 0, 'transaction'));
    const admission = context.charge?.([charge]);
    if (admission?.kind === 'throttled') return throttleReason(admission.indexName);
    charges.push(charge);
    size += item?.size ?? 0;
    Responses.push(item ? { Item: shown(item, paths) } : {});
    return { Code: 'None' };
  });
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCancelled(reasons);
  if (size > MAX_TRANSACTION_SIZE) throw validation('Transaction request cannot read more than 4 MB');
  const ConsumedCapacity = consumedCapacity(input.ReturnConsumedCapacity, charges, true);
  return { Responses, ...(ConsumedCapacity && { ConsumedCapacity }) };
};
