import type { DeleteTableInput, DeleteTableOutput } from '@aws-sdk/client-dynamodb';
import type { State } from '../state.ts';
import type { Context } from '../types.ts';
import { descriptionOf } from './describe-table.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html */
export const deleteTable = (state: State, input: DeleteTableInput, { now }: Context): DeleteTableOutput => {
  const table = state.table(input.TableName);
  state.tables.delete(table.schema.name);
  state.observer?.tableDeleted(table, now);
  return { TableDescription: descriptionOf(table, 'DELETING') };
};
