import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { NO_FAULTS, NO_RULES, type Rules } from '../../../../../local/aws/dynamodb/rules.ts';
import { engineTable } from '../../../../support/engine-table.ts';
import { VirtualRuntime } from '../../../../support/virtual-runtime.ts';

const TableName = 'thoughts';
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'A' } });
const put = (pk: string, n = '1') => new PutItemCommand({ TableName, Item: { ...key(pk), n: { N: n } } });
const add = (pk: string) => ({
  Update: {
    TableName,
    Key: key(pk),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  },
});
const check = (pk: string) => ({
  ConditionCheck: { TableName, Key: key(pk), ConditionExpression: 'attribute_not_exists(nope)' },
});
const transaction = (...TransactItems: object[]) =>
  new TransactWriteItemsCommand({ TransactItems: TransactItems as never });

const world = async (rules: Partial<Rules>) => {
  const runtime = new VirtualRuntime(1);
  const made = await runtime.run(engineTable({ ...NO_RULES, ...rules }, runtime));
  return { ...made, runtime, send: made.client.send as (command: object) => Promise<Record<string, never>> };
};
const codes = ({ CancellationReasons }: { CancellationReasons: { Code: string }[] }) =>
  CancellationReasons.map(({ Code }) => Code);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ name: 'none' }) as never,
    (error) => error,
  );

describe('a transaction under way', () => {
  const SLOW: Partial<Rules> = { transactionMs: { min: 10, max: 10 } };

  it('cancels another one on its items, also on one that it only checks', async () => {
    const { send, runtime } = await world(SLOW);
    const first = send(transaction(add('a'), check('b')));
    const second = failure(send(transaction(add('c'), add('b'))));
    const third = send(transaction(add('d')));
    await runtime.run(Promise.all([first, second, third]));
    expect(codes(await second)).toEqual(['None', 'TransactionConflict']);
  });

  it('refuses single writes of its items, leaves those of a batch unprocessed, and lets reads pass', async () => {
    const { send, runtime } = await world(SLOW);
    const first = send(transaction(add('a')));
    const single = failure(send(put('a')));
    const other = send(put('b'));
    const batch = send(
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: ['a', 'c'].map((pk) => ({ PutRequest: { Item: key(pk) } })) },
      }),
    );
    const read = send(new GetItemCommand({ TableName, Key: key('a'), ConsistentRead: true }));
    const reads = failure(
      send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: key('a') } }] })),
    );
    await runtime.run(Promise.all([first, single, other, batch, read, reads]));
    expect((await single).name).toBe('TransactionConflictException');
    expect((await batch).UnprocessedItems).toEqual({ [TableName]: [{ PutRequest: { Item: key('a') } }] });
    expect((await read).Item).toBeUndefined();
    expect(codes(await reads)).toEqual(['TransactionConflict']);
  });

  it('lets its items go when it is done, and when it fails', async () => {
    const { send, runtime } = await world(SLOW);
    const never = { ConditionCheck: { TableName, Key: key('b'), ConditionExpression: 'attribute_exists(n)' } };
    await runtime.run(failure(send(transaction(add('a'), never))));
    await runtime.run(send(transaction(add('a'))));
    const { Item } = await runtime.run(send(new GetItemCommand({ TableName, Key: key('a'), ConsistentRead: true })));
    expect(Item).toMatchObject({ n: { N: '1' } });
  });
});

describe('a lagging replica', () => {
  it('shows the past or the present to an eventual read, never anything else, and the present to a consistent one', async () => {
    const { send, runtime, engine } = await world({ replicaLagMs: 2_000 });
    const seen = new Set<string>();
    for (let at = 0; at < 300; at++) {
      await runtime.run(send(put('a', String(at))));
      await runtime.run(runtime.sleep(10));
      const eventual = await runtime.run(send(new GetItemCommand({ TableName, Key: key('a') })));
      const consistent = await runtime.run(
        send(new GetItemCommand({ TableName, Key: key('a'), ConsistentRead: true })),
      );
      const value = Number((eventual as { Item?: { n: { N: string } } }).Item?.n.N ?? -1);
      expect(value).toBeLessThanOrEqual(at);
      expect(value).toBeGreaterThanOrEqual(Math.min(at, at - 201));
      seen.add(value === at ? 'present' : 'past');
      expect(consistent).toMatchObject({ Item: { n: { N: String(at) } } });
    }
    expect([...seen].sort()).toEqual(['past', 'present']);
    expect(engine.counts(TableName)).toEqual({ items: 1, rows: 1 });
  });

  it('shows a deleted item for a while, in the index too, and forgets it then', async () => {
    const { engine } = await world({ replicaLagMs: 2_000 });
    const Item = { ...key('a'), feedPk: { S: 'FEED' }, feedSk: { S: '1' } };
    engine.execute('PutItem', { TableName, Item }, { now: 1_000 });
    engine.execute('DeleteItem', { TableName, Key: key('a') }, { now: 2_000 });
    const query = {
      TableName,
      IndexName: 'feed',
      KeyConditionExpression: 'feedPk = :feed',
      ExpressionAttributeValues: { ':feed': { S: 'FEED' } },
    };
    const at = (asOf: number) => engine.execute('Query', query, { now: 2_500, asOf: () => asOf }).Count;
    expect([at(999), at(1_000), at(1_999), at(2_000)]).toEqual([0, 1, 1, 0]);
    expect(engine.counts(TableName)).toEqual({ items: 0, rows: 1 });
    engine.execute('PutItem', { TableName, Item: key('b') }, { now: 9_000 });
    expect(engine.counts(TableName)).toEqual({ items: 1, rows: 1 });
  });
});

describe('the client', () => {
  it('repeats throttled writes until there is capacity', async () => {
    const throughput = { tableWrites: 100, tableReads: 100, partitionWrites: 2, partitionReads: 100 };
    const { send, runtime, service } = await world({ throughput });
    await runtime.run(Promise.all(['1', '2', '3', '4'].map((n) => send(put('a', n)))));
    expect(service.usage.requests('PutItem')).toBeGreaterThan(4);
    expect(service.usage.report()).toEqual({ PutItem: { read: 0, write: 4 } });
  });

  it('gets back what of a batch is above a rate, and an error when that is all of it', async () => {
    const throughput = { tableWrites: 100, tableReads: 100, partitionWrites: 1, partitionReads: 1 };
    const { runtime, service } = await world({ throughput });
    const item = (sk: string) => ({ pk: { S: 'a' }, sk: { S: sk } });
    const puts = ['1', '2', '3'].map((sk) => ({ PutRequest: { Item: item(sk) } }));
    const write = (requests: object[]) =>
      service.execute('BatchWriteItem', { RequestItems: { [TableName]: requests } });
    const { UnprocessedItems } = await runtime.run(write(puts));
    expect(UnprocessedItems).toEqual({ [TableName]: puts.slice(1) });
    expect((await runtime.run(failure(write(puts.slice(1))))).name).toBe('ProvisionedThroughputExceededException');
    const get = { RequestItems: { [TableName]: { Keys: [item('1'), item('2'), item('3')], ConsistentRead: true } } };
    const { UnprocessedKeys } = await runtime.run(service.execute('BatchGetItem', get));
    expect(UnprocessedKeys?.[TableName]?.Keys).toEqual([item('2'), item('3')]);
  });

  it('gives up when throttles do not end', async () => {
    const throughput = { tableWrites: 0, tableReads: 0, partitionWrites: 0, partitionReads: 0 };
    const { send, runtime, service } = await world({ throughput });
    const error = await runtime.run(failure(send(put('a'))));
    expect(error).toMatchObject({ name: 'ProvisionedThroughputExceededException', $metadata: { httpStatusCode: 400 } });
    expect(service.usage.requests('PutItem')).toBe(5);
    const cancelled = await runtime.run(failure(send(transaction(add('a')))));
    expect(codes(cancelled)).toEqual(['ThrottlingError']);
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    });
    expect((await runtime.run(failure(send(query)))).name).toBe('ProvisionedThroughputExceededException');
  });

  it('does a transaction once, though its answers get lost', async () => {
    const { send, runtime, service } = await world({
      faults: { ...NO_FAULTS, lostAnswer: 0.5 },
      requestTimeoutMs: 5_000,
    });
    for (let at = 0; at < 40; at++) await runtime.run(failure(send(transaction(add('a')))));
    expect(service.usage.requests('TransactWriteItems')).toBeGreaterThan(60);
    const read = () => send(new GetItemCommand({ TableName, Key: key('a'), ConsistentRead: true }));
    expect(await runtime.run(failure(read().then(({ Item }) => Promise.reject(Item))))).toMatchObject({
      n: { N: '40' },
    });
  });

  it('does a plain update twice when its answer gets lost', async () => {
    const { engine, send, runtime } = await world({ faults: { ...NO_FAULTS, lostAnswer: 1 }, requestTimeoutMs: 100 });
    const { Update } = add('a');
    expect((await runtime.run(failure(send(new UpdateItemCommand(Update))))).name).toBe('TimeoutError');
    const { Item } = engine.execute('GetItem', { TableName, Key: key('a'), ConsistentRead: true }, { now: 0 });
    expect(Item).toMatchObject({ n: { N: '5' } });
  });

  it('repeats what failed on the far side, and does not repeat an answer', async () => {
    const failing = await world({ faults: { ...NO_FAULTS, internalError: 0.5 } });
    for (let at = 0; at < 20; at++) await failing.runtime.run(failure(failing.send(put('a'))));
    expect(failing.service.usage.requests('PutItem')).toBeGreaterThan(30);
    const { send, runtime, service } = await world({});
    const wrong = new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } });
    expect((await runtime.run(failure(send(wrong)))).name).toBe('ValidationException');
    expect(service.usage.requests('PutItem')).toBe(1);
  });

  it('gives a run again from its seed', async () => {
    const run = async () => {
      const { send, runtime, records } = await world({
        latencyMs: { min: 1, max: 30 },
        transactionMs: { min: 5, max: 20 },
        replicaLagMs: 2_000,
        faults: { internalError: 0.1, lostAnswer: 0.05, unprocessed: 0.1 },
        requestTimeoutMs: 50,
      });
      const writes = Array.from({ length: 60 }, (_, at) =>
        failure(send(transaction(add(`p${at % 3}`), add(`q${at % 7}`)))),
      );
      await runtime.run(Promise.all(writes));
      return records;
    };
    const [first, second] = [await run(), await run()];
    expect(first.length).toBeGreaterThan(10);
    expect(second).toEqual(first);
  });
});
