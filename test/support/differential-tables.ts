import type { Answer } from './differential.ts';

/** What both must tell of a table; the rest are times, ids and places. */
const table = (told: Record<string, unknown> | undefined) => {
  if (!told) return undefined;
  const { TableName, TableStatus, KeySchema, ItemCount, TableSizeBytes, StreamSpecification } = told;
  const attributes = told.AttributeDefinitions as { AttributeName: string }[];
  const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap(
    (kind) => (told[kind] ?? []) as Record<string, unknown>[],
  );
  return {
    ...{ TableName, TableStatus, KeySchema, ItemCount, TableSizeBytes, StreamSpecification },
    // Local also names the stream of an older table of the same name, which had one.
    hasStream: StreamSpecification !== undefined && told.LatestStreamArn !== undefined,
    billing: (told.BillingModeSummary as { BillingMode?: string } | undefined)?.BillingMode,
    attributes: [...attributes].sort((a, b) => (a.AttributeName < b.AttributeName ? -1 : 1)),
    indexes: indexes
      .map(({ IndexName, KeySchema: key, Projection, IndexStatus, ItemCount: count }) => ({
        ...{ IndexName, key, Projection, IndexStatus, count },
      }))
      .sort((a, b) => (String(a.IndexName) < String(b.IndexName) ? -1 : 1)),
  };
};

const shared = (answer: Answer, prefix: string): object => {
  const { TableDescription, Table, TableNames, LastEvaluatedTableName, message: _, ...rest } = answer;
  return {
    ...rest,
    table: table((TableDescription ?? Table) as Record<string, unknown> | undefined),
    // Other tests make tables there, too.
    names: (TableNames as string[] | undefined)?.filter((name) => name.startsWith(prefix)),
  };
};

/** Where DynamoDB Local differs from DynamoDB, and the engine does as DynamoDB. */
const MEANT: { why: string; isMeant(command: Command, local: Answer, own: Answer): boolean }[] = [
  {
    why: 'A page of the tables of every test',
    isMeant: ({ input }) => 'Limit' in input,
  },
  {
    why: 'Local says of a table that goes that it is active',
    isMeant: ({ operation }, local, own) =>
      operation === 'DeleteTable' &&
      (local.TableDescription as { TableStatus?: string } | undefined)?.TableStatus === 'ACTIVE' &&
      (own.TableDescription as { TableStatus?: string } | undefined)?.TableStatus === 'DELETING',
  },
];

interface Command {
  operation: string;
  input: object;
}

/** `same`, a reason, or `different`. Errors are compared by name: how each words what is wrong with a table is its own. */
export const compareTableAnswers =
  (prefix: string) =>
  (command: Command, local: Answer, own: Answer): string => {
    if (JSON.stringify(shared(local, prefix)) === JSON.stringify(shared(own, prefix))) return 'same';
    return MEANT.find(({ isMeant }) => isMeant(command, local, own))?.why ?? 'different';
  };
