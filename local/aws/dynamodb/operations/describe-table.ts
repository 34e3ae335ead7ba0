import type {
  DescribeTableInput,
  DescribeTableOutput,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import { resourceNotFound } from '../errors.ts';
import type { State } from '../state.ts';
import type { Table } from '../table.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html */
export const describeTable = (state: State, input: DescribeTableInput): DescribeTableOutput => {
  const table = state.tables.get(input.TableName ?? '');
  if (!table) throw resourceNotFound(`Requested resource not found: Table: ${input.TableName} not found`);
  return { Table: descriptionOf(table) };
};

export const descriptionOf = (
  table: Table,
  TableStatus: TableDescription['TableStatus'] = 'ACTIVE',
): TableDescription => {
  const { name, id, arn, createdAt, stream, description } = table.schema;
  const { indexInputs, localIndexInputs, BillingMode, ProvisionedThroughput, ...given } = description as {
    indexInputs?: GlobalSecondaryIndex[];
    localIndexInputs?: LocalSecondaryIndex[];
    BillingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
    ProvisionedThroughput?: { ReadCapacityUnits: number; WriteCapacityUnits: number };
  };
  const throughput = {
    NumberOfDecreasesToday: 0,
    ...(ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }),
  };
  const indexOf = ({ IndexName, KeySchema, Projection }: LocalSecondaryIndex) => ({
    IndexName,
    KeySchema,
    Projection,
    IndexArn: `${arn}/index/${IndexName}`,
    ItemCount: table.index(IndexName ?? '')?.rows.count ?? 0,
    IndexSizeBytes: table.index(IndexName ?? '')?.rows.bytes ?? 0,
  });
  return {
    TableName: name,
    TableId: id,
    TableArn: arn,
    TableStatus,
    CreationDateTime: new Date(createdAt),
    ItemCount: table.rows.count,
    TableSizeBytes: table.rows.bytes,
    ProvisionedThroughput: throughput,
    ...(BillingMode === 'PAY_PER_REQUEST' && { BillingModeSummary: { BillingMode } }),
    ...given,
    ...(stream && {
      LatestStreamLabel: stream.label,
      LatestStreamArn: `${arn}/stream/${stream.label}`,
    }),
    ...(indexInputs && {
      GlobalSecondaryIndexes: indexInputs.map((index) => ({
        ...indexOf(index),
        IndexStatus: 'ACTIVE' as const,
        ProvisionedThroughput: throughput,
      })),
    }),
    ...(localIndexInputs && { LocalSecondaryIndexes: localIndexInputs.map(indexOf) }),
  };
};
