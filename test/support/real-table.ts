import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, tableResource } from '../../local/dynamodb/create-table.ts';
import { DynamoTable } from '../../src/table/dynamo-table.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A client of the engine at an endpoint. */
export const engineClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: 'local', credentials: CREDENTIALS });

/** A fresh table in the engine. */
export const freshTable = async (endpoint: string) => {
  const name = `test-${crypto.randomUUID()}`;
  const client = engineClient(endpoint);
  const streamArn = await createTable(client, tableResource(), name);
  return { name, client, streamArn, table: new DynamoTable(client, name) };
};
