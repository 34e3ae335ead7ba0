import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Command } from 'commander';
import { readStack } from '../../local/stack.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../src/dynamodb/sdk-dynamo-db.ts';
import { stackOutput } from './aws-stack.ts';

export interface TableOptions {
  stage: string;
  endpoint?: string;
  table?: string;
  aws?: boolean;
}

/** The options that say which table a tool works on. */
export const withTableOptions = (command: Command): Command =>
  command
    .option('--stage <stage>', 'which stage', 'dev')
    .option('--endpoint <url>', 'a DynamoDB Local, if not the one that runs here')
    .option('--table <name>', "another name than the stage's stack says")
    .option('--aws', 'the table on AWS')
    .showHelpAfterError();

/** The table of the running stack of this laptop, at an endpoint, or on AWS. @throws Error with advice when there is none */
export const openTable = async ({ stage, endpoint, table, aws }: TableOptions) => {
  const local = endpoint ?? process.env.AWS_ENDPOINT_URL_DYNAMODB ?? readStack()?.dynamodb;
  if (!aws && !local)
    throw new Error('No stack is running here: start one with `npm start`, or give --endpoint URL or --aws');
  const client = aws
    ? new DynamoDBClient({})
    : new DynamoDBClient({
        endpoint: local as string,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
  const name = table ?? (aws ? await stackOutput(stage, 'TableName') : `deep-thoughts-${stage}`);
  return { client, name, table: new DynamoTable({ dynamoDb: throughSdk(client), name }) };
};
