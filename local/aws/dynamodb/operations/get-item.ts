import type { Get, GetItemInput, GetItemOutput } from '@aws-sdk/client-dynamodb';
import { consumedCapacity, takeCharges } from '../capacity.ts';
import type { Path } from '../expressions/ast.ts';
import { project } from '../expressions/paths.ts';
import { projectionPaths } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import { type Place, placeOfKey } from '../item-keys.ts';
import { itemAt, type Stored } from '../rows.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';
import type { Attributes, Context } from '../types.ts';
import { readUnits } from '../units.ts';
import { readCharge, takeKey } from './intent.ts';

export interface GetIntent {
  table: Table;
  place: Place;
  paths: Path[] | undefined;
}

/** @throws ValidationException, ResourceNotFoundException */
export const getIntent = (state: State, input: Pick<Get, keyof Get>): GetIntent => {
  const scope = new Scope(input.ExpressionAttributeNames, undefined);
  const paths = projectionPaths(input.ProjectionExpression, scope);
  scope.done();
  const table = state.table(input.TableName);
  return { table, place: placeOfKey(table.schema.key, takeKey(input.Key)), paths };
};

/** What a read shows: the present, or, eventually consistent, some instant shortly before. */
export const readStored = (
  { table, place }: GetIntent,
  isConsistent: boolean,
  context: Context,
): Stored | undefined => {
  const row = table.rows.find(place.partition, place.sort);
  return row && itemAt(row, isConsistent ? undefined : context.asOf?.());
};

/** The parts that were asked for. What is stored is never changed in place, so a reader may have it itself, to read. */
export const shown = ({ attributes }: Stored, paths: Path[] | undefined): Attributes =>
  paths ? project(attributes, paths) : attributes;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
export const getItem = (state: State, input: GetItemInput, context: Context): GetItemOutput => {
  const intent = getIntent(state, input as Get);
  const { table, place, paths } = intent;
  const item = readStored(intent, input.ConsistentRead === true, context);
  const units = readUnits(item?.size ?? 0, input.ConsistentRead ? 'consistent' : 'eventual');
  const charges = [readCharge(table, place.partition, units)];
  takeCharges(charges, context);
  const [ConsumedCapacity] = consumedCapacity(input.ReturnConsumedCapacity, charges) ?? [];
  return { ...(item && { Item: shown(item, paths) }), ...(ConsumedCapacity && { ConsumedCapacity }) };
};
