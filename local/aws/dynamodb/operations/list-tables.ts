import type { ListTablesInput, ListTablesOutput } from '@aws-sdk/client-dynamodb';
import type { State } from '../state.ts';

const PAGE = 100;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html */
export const listTables = (state: State, input: ListTablesInput): ListTablesOutput => {
  const { ExclusiveStartTableName: start = '', Limit = PAGE } = input;
  const names = [...state.tables.keys()].sort().filter((name) => name > start);
  const TableNames = names.slice(0, Limit);
  const last = TableNames.at(-1);
  return { TableNames, ...(names.length > Limit && last !== undefined && { LastEvaluatedTableName: last }) };
};
