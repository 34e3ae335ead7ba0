import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, type TableResource } from '../../local/dynamodb/create-table.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { connectDynamoDb } from '../../src/dynamodb/client.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';

/** What DynamoDB Local wants to be called with. */
export const LOCAL_ACCESS = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** A client of the engine at an endpoint. */
export const engineClient = (endpoint: string, access = LOCAL_ACCESS): DynamoDBClient =>
  new DynamoDBClient({ endpoint, ...access });

/** A fresh table in the engine, connected as the functions connect theirs. */
export const freshTable = (endpoint: string) => createFresh(endpoint, tableResource());

/** The same without a stream: in DynamoDB Local, each write then takes a fraction of the time. */
export const freshTableWithoutStream = (endpoint: string) => {
  const { StreamSpecification: _, ...properties } = tableResource().Properties;
  return createFresh(endpoint, { Properties: properties });
};

/** For whoever fills or clears a table: its batches don't begin slowly, because an engine of one's own throttles nobody. */
const UNPACED = { now: Date.now, random: Math.random, sleep: async () => {} };

const createFresh = async (endpoint: string, resource: TableResource) => {
  const name = `test-${crypto.randomUUID()}`;
  const client = engineClient(endpoint);
  const streamArn = await createTable(client, resource, name);
  const { dynamoDb, batches } = connectDynamoDb({ endpoint, ...LOCAL_ACCESS });
  const table = new DynamoTable({ dynamoDb, name, batches });
  return { name, client, streamArn, table, unpaced: new DynamoTable({ dynamoDb, name, batches, runtime: UNPACED }) };
};

/**
 * Gives a table without items, again and again the same: a file's tests share one, for DynamoDB Local grows slow with many.
 */
export const tableMaker = (endpoint: string) => {
  let made: ReturnType<typeof freshTable> | undefined;
  return async (): Promise<DynamoTable> => {
    made ??= freshTableWithoutStream(endpoint);
    const { table, unpaced } = await made;
    const left: { delete: { pk: string; sk: string } }[] = [];
    for await (const { pk, sk } of table.scan()) left.push({ delete: { pk, sk } });
    // A busy machine may take longer than a function would wait.
    await unpaced.batchWrite(left, { deadline: Number.POSITIVE_INFINITY });
    return table;
  };
};
