import { takeCharges } from '../capacity.ts';
import { conditionFailed, transactionConflict, validation } from '../errors.ts';
import type { Test } from '../expressions/condition.ts';
import { takeAttributes } from '../intake.ts';
import { checkIndexKeys, type Place } from '../item-keys.ts';
import { itemSize } from '../item-size.ts';
import { MAX_ITEM_SIZE } from '../limits.ts';
import type { Stored } from '../rows.ts';
import type { State } from '../state.ts';
import { type Change, chargesOf, type Table } from '../table.ts';
import type { Attributes, Charge, Context, IndexSchema } from '../types.ts';
import { writeUnits } from '../units.ts';

/** What a request wants to do to one item. */
export interface Intent {
  table: Table;
  place: Place;
  test: Test | undefined;
  /** Whether a failed condition brings the stored item back. */
  returnsItem: boolean;
  /** The item after it; undefined: it goes. A check leaves it as it is. @throws ValidationException */
  next(before: Stored | undefined): Stored | undefined;
}

/** An item as it is stored. @throws ValidationException when its index keys are wrong */
export const toStored = (table: Table, attributes: Attributes): Stored => {
  for (const index of table.schema.indexes) checkIndexKeys(index, attributes);
  return { attributes, size: itemSize(attributes) };
};

/** A new item from a request. @throws ValidationException */
export const takeItem = (table: Table, input: Attributes | undefined): Stored => {
  if (!input)
    throw validation(
      "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null",
    );
  const item = toStored(table, takeAttributes(input));
  if (item.size > MAX_ITEM_SIZE) throw validation('Item size has exceeded the maximum allowed size');
  return item;
};

/** A key from a request. @throws ValidationException */
export const takeKey = (input: Attributes | undefined): Attributes => {
  if (!input)
    throw validation(
      "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null",
    );
  return takeAttributes(input);
};

export const storedAt = ({ table, place }: { table: Table; place: Place }): Stored | undefined =>
  table.rows.find(place.partition, place.sort)?.item;

/** Whether the condition holds for what is stored; an item that isn't there has no attributes. */
export const testHolds = ({ test }: Intent, before: Stored | undefined): boolean =>
  !test || test(before?.attributes ?? {});

/**
 * Does one write by itself. A failed condition costs as much as a write of the stored item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * @throws ConditionalCheckFailedException, TransactionConflictException, ProvisionedThroughputExceededException
 */
export const writeAlone = (state: State, intent: Intent, context: Context): { change: Change; charges: Charge[] } => {
  const { table, place } = intent;
  if (context.isHeld?.(table.idOf(place))) throw transactionConflict();
  const before = storedAt(intent);
  if (!testHolds(intent, before)) {
    takeCharges([writeCharge(intent, writeUnits(before?.size ?? 0))], context);
    throw conditionFailed(intent.returnsItem && before ? before.attributes : undefined);
  }
  const change = table.plan(place, intent.next(before));
  const charges = chargesOf(change);
  takeCharges(charges, context);
  state.commit(change, context.now);
  return { change, charges };
};

export const writeCharge = ({ table, place }: Pick<Intent, 'table' | 'place'>, units: number): Charge => ({
  tableName: table.schema.name,
  indexName: undefined,
  partition: place.partition,
  kind: 'write',
  units,
});

export const readCharge = (
  table: Table,
  partition: string | undefined,
  units: number,
  index?: IndexSchema,
): Charge => ({
  tableName: table.schema.name,
  indexName: index?.name,
  ...(index?.kind === 'local' && { isLocal: true }),
  partition,
  kind: 'read',
  units,
});
