import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';

/** The properties of the table's CloudFormation resource that an engine on a laptop uses. */
export type TableResource = { Properties: Record<string, unknown> };

/** The table's resource as the request that creates it. */
export const createTableInput = ({ Properties }: TableResource, name?: string): CreateTableCommandInput => {
  const { StreamSpecification, TableName } = Properties as { StreamSpecification?: object; TableName: string };
  const indexes = Properties.GlobalSecondaryIndexes as GlobalSecondaryIndex[] | undefined;
  return {
    TableName: name ?? TableName,
    AttributeDefinitions: Properties.AttributeDefinitions,
    KeySchema: Properties.KeySchema,
    GlobalSecondaryIndexes: indexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    LocalSecondaryIndexes: Properties.LocalSecondaryIndexes,
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: StreamSpecification && { StreamEnabled: true, ...StreamSpecification },
  } as CreateTableCommandInput;
};

/**
 * Creates the table from its CloudFormation resource. A table that exists already stays as it is.
 * Time to live, backups, encryption and capacity are left out: they are AWS's own.
 * @returns the ARN of its stream
 */
export const createTable = async (
  client: DynamoDBClient,
  { Properties }: TableResource,
  name?: string,
): Promise<string> => {
  const input = createTableInput({ Properties }, name);
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName: input.TableName }));
  return Table?.LatestStreamArn ?? '';
};
