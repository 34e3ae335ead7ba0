import {
  CreateTableCommand,
  DeleteTableCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { type Check, differs, expectThat, HOLDS, type Target } from '../check.ts';

const SECONDS_FOR_A_TABLE = 60;
const AT_ONCE = 50;

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

const ONLY_NEW = { ConditionExpression: 'attribute_not_exists(pk)' };
const put = (TableName: string, pk: string, condition = {}): TransactWriteItem => ({
  Put: { TableName, Item: { pk: { S: pk } }, ...condition },
});
const check = (TableName: string, pk: string): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: { pk: { S: pk } }, ConditionExpression: 'attribute_exists(pk)' },
});

/** Why a transaction was refused, item by item. */
const reasonsOf = async ({ dynamodb }: Target, TransactItems: TransactWriteItem[]): Promise<string> => {
  try {
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
    return 'nothing was refused';
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) return String(error);
    return (error.CancellationReasons ?? []).map(({ Code }) => Code).join(', ');
  }
};

/** How many of many transactions at once were refused with TransactionConflict. */
const conflictsOf = async (target: Target, items: (at: number) => TransactWriteItem[]): Promise<number> => {
  const calls = Array.from({ length: AT_ONCE }, (_, at) => reasonsOf(target, items(at)));
  return (await Promise.all(calls)).filter((reasons) => reasons.includes('TransactionConflict')).length;
};

const someConflict = (count: number) => (count > 0 ? HOLDS : differs(`no conflict in ${AT_ONCE}`));

export const TRANSACTIONS: Check[] = [
  {
    rule: 'A refused transaction says for each of its items why, in their order',
    run: (target) =>
      withTable(target, async (name) => {
        await target.dynamodb.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'b' } } }));
        const reasons = await reasonsOf(target, [put(name, 'a', ONLY_NEW), put(name, 'b', ONLY_NEW)]);
        return expectThat(reasons, 'None, ConditionalCheckFailed');
      }),
  },
  {
    rule: 'Of many transactions at once on the same items, some are refused with TransactionConflict',
    run: (target) =>
      withTable(target, async (name) =>
        someConflict(await conflictsOf(target, () => [put(name, 'a'), put(name, 'b')])),
      ),
  },
  {
    rule: 'So are some that only check the same item, and write each another',
    run: (target) =>
      withTable(target, async (name) => {
        await target.dynamodb.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'a' } } }));
        return someConflict(await conflictsOf(target, (at) => [check(name, 'a'), put(name, `own-${at}`)]));
      }),
  },
];
