import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';

/** The table's resource in serverless.yml, as far as an engine on a laptop takes it. */
export type TableResource = { Properties: Record<string, unknown> };

/**
 * Creates the table from its CloudFormation resource. What is there already stays as it is.
 * Time to live, backups and encryption are AWS's own, and left out.
 * @returns the ARN of its stream
 */
export const createTable = async (
  client: DynamoDBClient,
  { Properties }: TableResource,
  name?: string,
): Promise<string> => {
  const { StreamSpecification, TableName } = Properties as { StreamSpecification?: object; TableName: string };
  const input = {
    TableName: name ?? TableName,
    AttributeDefinitions: Properties.AttributeDefinitions,
    KeySchema: Properties.KeySchema,
    GlobalSecondaryIndexes: Properties.GlobalSecondaryIndexes,
    BillingMode: Properties.BillingMode,
    StreamSpecification: StreamSpecification && { StreamEnabled: true, ...StreamSpecification },
  } as CreateTableCommandInput;
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const { Table } = await client.send(new DescribeTableCommand({ TableName: input.TableName }));
  return Table?.LatestStreamArn ?? '';
};
