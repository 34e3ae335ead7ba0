import type { CreateTableInput, CreateTableOutput } from '@aws-sdk/client-dynamodb';
import { tableInUse } from '../errors.ts';
import type { State } from '../state.ts';
import { Table } from '../table.ts';
import type { Context } from '../types.ts';
import { descriptionOf } from './describe-table.ts';
import { tableSchema } from './table-schema.ts';

/**
 * Makes a table, which can be used at once.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
export const createTable = (state: State, input: CreateTableInput, { now }: Context): CreateTableOutput => {
  const schema = tableSchema(state, input, now);
  if (state.tables.has(schema.name)) throw tableInUse();
  const table = new Table(schema, state.historyMs);
  state.tables.set(schema.name, table);
  state.observer?.tableCreated(table, input, now);
  return { TableDescription: descriptionOf(table) };
};
