import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { Sockets } from '../../src/push/sockets.ts';

/** What the checks are run on: each a real service, or what stands in for it. */
export interface Target {
  dynamodb: DynamoDBClient;
  sockets: Sockets;
  /** The address of the HTTP API. */
  http: string;
}

/** Something that we rely on. */
export interface Check {
  rule: string;
  /** @returns what is there instead; nothing when the rule holds */
  run(target: Target): Promise<string | undefined>;
}

const SECONDS_FOR_A_TABLE = 60;

/** Runs something on a table of its own. */
const withTable = async <T>({ dynamodb }: Target, act: (name: string) => Promise<T>): Promise<T> => {
  const TableName = `conformance-${crypto.randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  try {
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: SECONDS_FOR_A_TABLE }, { TableName });
    return await act(TableName);
  } finally {
    await dynamodb.send(new DeleteTableCommand({ TableName }));
  }
};

/** Two puts in a transaction, of which some must not find their item. */
const putBoth = (target: Target, TableName: string, onlyNew: [boolean, boolean]) =>
  target.dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: ['a', 'b'].map((pk, at) => ({
        Put: {
          TableName,
          Item: { pk: { S: pk } },
          ...(onlyNew[at] && { ConditionExpression: 'attribute_not_exists(pk)' }),
        },
      })),
    }),
  );

const reasonsOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'nothing was refused';
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) return String(error);
    return (error.CancellationReasons ?? []).map(({ Code }) => Code).join(', ');
  }
};

const instead = (expected: string, found: string): string | undefined => (found === expected ? undefined : found);

export const CHECKS: Check[] = [
  {
    rule: 'A refused transaction says for each of its items why, in their order',
    run: (target) =>
      withTable(target, async (name) => {
        await target.dynamodb.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'b' } } }));
        return instead('None, ConditionalCheckFailed', await reasonsOf(putBoth(target, name, [true, true])));
      }),
  },
  {
    rule: 'Of many transactions at once on the same items, some are refused with TransactionConflict',
    run: (target) =>
      withTable(target, async (name) => {
        const calls = Array.from({ length: 50 }, () => reasonsOf(putBoth(target, name, [false, false])));
        const conflicts = (await Promise.all(calls)).filter((reasons) => reasons.includes('TransactionConflict'));
        return conflicts.length > 0 ? undefined : 'no conflict in 50';
      }),
  },
  {
    rule: '@connections answers 410 for a connection that is gone',
    run: async ({ sockets }) => instead('gone', (await sockets.post('AAAAAAAAAAAAAAA=', '{}')).kind),
  },
  {
    rule: '@connections refuses a malformed id as one that is gone',
    run: async ({ sockets }) => instead('gone', (await sockets.post('no id', '{}')).kind),
  },
  {
    rule: 'The authorizer answers 401 without a token, and for what is no token',
    run: async ({ http }) => {
      const statuses = await Promise.all(
        [undefined, 'Bearer token'].map(async (authorization) => {
          const headers = { ...(authorization && { authorization }) };
          return (await fetch(`${http}/timeline`, { headers })).status;
        }),
      );
      return instead('401, 401', statuses.join(', '));
    },
  },
  {
    rule: 'A route that does not exist answers 404 with a message, before any function',
    run: async ({ http }) => instead('404', String((await fetch(`${http}/nowhere`)).status)),
  },
];
