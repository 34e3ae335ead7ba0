import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDb, Input, Operation } from './dynamo-db.ts';

const COMMANDS = {
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  TransactWriteItems: TransactWriteItemsCommand,
};

/** Makes the SDK's command for an operation. */
export const commandOf = <O extends Operation>(operation: O, input: Input<O>): GetItemCommand => {
  const Command = COMMANDS[operation] as unknown as new (given: Input<O>) => GetItemCommand;
  return new Command(input);
};

/** Calls DynamoDB through the SDK's client, or through a stand-in for it. */
export const throughSdk = (client: Pick<DynamoDBClient, 'send'>): DynamoDb => ({
  call: (operation, input) => client.send(commandOf(operation, input)) as Promise<never>,
});
