import { hash } from 'node:crypto';
import type {
  CancellationReason,
  ConditionCheck,
  TransactWriteItem,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
} from '@aws-sdk/client-dynamodb';
import { consumedCapacity } from '../capacity.ts';
import { isValidation, tokenMismatch, transactionCancelled, validation } from '../errors.ts';
import { conditionTest } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import { placeOfKey } from '../item-keys.ts';
import { MAX_TRANSACTION_SIZE, TOKEN_TTL_MS } from '../limits.ts';
import type { DoneTransaction, State } from '../state.ts';
import { type Change, chargesOf } from '../table.ts';
import type { Charge, Context } from '../types.ts';
import { readUnits, TRANSACTION_FACTOR, writeUnits } from '../units.ts';
import { deleteIntent } from './delete-item.ts';
import { type Intent, readCharge, storedAt, takeKey, testHolds, writeCharge } from './intent.ts';
import { putIntent } from './put-item.ts';
import { CONFLICT, checkCount, checkDistinct, throttleReason } from './transaction.ts';
import { updateIntent } from './update-item.ts';

/** An intent of a transaction; a check changes nothing. */
type Part = Intent & { isCheck: boolean };

/**
 * Does all of it or nothing. The reasons for a cancellation come in the order of the items.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const transactWriteItems = (
  state: State,
  input: TransactWriteItemsInput,
  context: Context,
): TransactWriteItemsOutput => {
  const parts = prepared.get(input) ?? transactionParts(state, input);
  prepared.delete(input);
  const repeated = repeatedTransaction(state, input, context.now);
  if (repeated) return { ...consumed(input, repeatCharges(state, repeated)) };

  const changes: (Change | undefined)[] = [];
  const reasons = parts.map((part): CancellationReason => {
    const before = storedAt(part);
    if (context.isHeld?.(part.table.idOf(part.place))) return CONFLICT;
    if (!testHolds(part, before)) {
      const Item = part.returnsItem && before ? before.attributes : undefined;
      return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...(Item && { Item }) };
    }
    try {
      changes.push(part.isCheck ? undefined : part.table.plan(part.place, part.next(before)));
      return { Code: 'None' };
    } catch (error) {
      if (isValidation(error)) return { Code: 'ValidationError', Message: error.message };
      throw error;
    }
  });
  // Each item was prepared, and none committed.
  const isCancelled = () => reasons.some(({ Code }) => Code !== 'None');
  if (isCancelled()) {
    context.charge?.(parts.map((part) => writeCharge(part, writeUnits(storedAt(part)?.size ?? 0))));
    throw transactionCancelled(reasons);
  }
  checkSize(changes);

  const charges: Charge[] = [];
  for (const [at, part] of parts.entries()) {
    const change = changes[at];
    const checked = writeUnits(storedAt(part)?.size ?? 0) * TRANSACTION_FACTOR;
    const own = change ? chargesOf(change, TRANSACTION_FACTOR) : [writeCharge(part, checked)];
    const admission = context.charge?.(own);
    if (admission?.kind === 'throttled') reasons[at] = throttleReason(admission.indexName);
    charges.push(...own);
  }
  if (isCancelled()) throw transactionCancelled(reasons);
  for (const change of changes) if (change) state.commit(change, context.now);
  remember(state, input, parts, context.now);
  return { ...consumed(input, charges) };
};

/** What was made of a request to learn which items it names; it is executed soon after, and once. */
const prepared = new WeakMap<TransactWriteItemsInput, Part[]>();

/** What a transaction wants of each item, kept until it is executed. @throws ValidationException, ResourceNotFoundException */
export const prepareTransaction = (state: State, input: TransactWriteItemsInput): Part[] => {
  const parts = transactionParts(state, input);
  prepared.set(input, parts);
  return parts;
};

const transactionParts = (state: State, { TransactItems = [] }: TransactWriteItemsInput): Part[] => {
  checkCount(TransactItems);
  const parts = TransactItems.map((item) => partOf(state, item));
  checkDistinct(parts);
  return parts;
};

const partOf = (state: State, item: TransactWriteItem): Part => {
  const { Put, Update, Delete, ConditionCheck } = item;
  if ([Put, Update, Delete, ConditionCheck].filter((action) => action !== undefined).length !== 1) {
    throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  if (Put) return { ...putIntent(state, Put), isCheck: false };
  if (Update) return { ...updateIntent(state, Update), isCheck: false };
  if (Delete) return { ...deleteIntent(state, Delete), isCheck: false };
  return checkIntent(state, ConditionCheck as ConditionCheck);
};

const checkIntent = (state: State, input: ConditionCheck): Part => {
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const test = conditionTest('ConditionExpression', input.ConditionExpression ?? '', scope);
  scope.done();
  const table = state.table(input.TableName);
  const place = placeOfKey(table.schema.key, takeKey(input.Key));
  const returnsItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  return { table, place, test, returnsItem, next: (before) => before, isCheck: true };
};

const checkSize = (changes: (Change | undefined)[]): void => {
  const size = changes.reduce((sum, change) => sum + (change?.after?.size ?? 0), 0);
  if (size > MAX_TRANSACTION_SIZE) throw validation('Transaction request size exceeded the maximum of 4 MB');
};

const consumed = (input: TransactWriteItemsInput, charges: Charge[]) => {
  const ConsumedCapacity = consumedCapacity(input.ReturnConsumedCapacity, charges, true);
  return ConsumedCapacity && { ConsumedCapacity };
};

/** Short, for there are many in 10 minutes. */
const fingerprintOf = ({ TransactItems }: TransactWriteItemsInput): string =>
  hash('sha256', JSON.stringify(TransactItems), 'base64');

/**
 * The transaction that was done with this token in the last 10 minutes.
 * @throws IdempotentParameterMismatchException when it was another one
 */
const repeatedTransaction = (
  state: State,
  input: TransactWriteItemsInput,
  now: number,
): DoneTransaction | undefined => {
  if (input.ClientRequestToken === undefined) return undefined;
  for (const [token, { at }] of state.transactions) {
    if (at > now - TOKEN_TTL_MS) break;
    state.transactions.delete(token);
  }
  const done = state.transactions.get(input.ClientRequestToken);
  if (done && done.fingerprint !== fingerprintOf(input)) throw tokenMismatch();
  return done;
};

const remember = (state: State, input: TransactWriteItemsInput, parts: Part[], now: number): void => {
  if (input.ClientRequestToken === undefined) return;
  const repeatUnits = new Map<string, number>();
  for (const part of parts) {
    const { name } = part.table.schema;
    const units = readUnits(storedAt(part)?.size ?? 0, 'transaction');
    repeatUnits.set(name, (repeatUnits.get(name) ?? 0) + units);
  }
  const done = { fingerprint: fingerprintOf(input), at: now, repeatUnits };
  state.transactions.set(input.ClientRequestToken, done);
  state.observer?.transactionDone(input.ClientRequestToken, done);
};

/** A repeat reads the items. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
const repeatCharges = (state: State, { repeatUnits }: DoneTransaction): Charge[] =>
  [...repeatUnits].map(([name, units]) => readCharge(state.table(name), undefined, units));
