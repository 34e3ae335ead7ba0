import { describe, expect, it } from 'vitest';
import { DynamoDbEngine } from '../../../../../local/aws/dynamodb/engine.ts';
import { Throttles } from '../../../../../local/aws/dynamodb/throttles.ts';

const TableName = 'notes';
const AT = { now: 0 };
const keys = (partition: string, sort?: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' as const }] : []),
];
const local = (name: string, partition = 'pk', sort: string | undefined = 'day') => ({
  IndexName: name,
  KeySchema: keys(partition, sort),
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
});
const create = (engine: DynamoDbEngine, key: ReturnType<typeof keys>, indexes: ReturnType<typeof local>[]) =>
  engine.execute(
    'CreateTable',
    {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'day'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      KeySchema: key,
      LocalSecondaryIndexes: indexes,
    },
    AT,
  );

const made = () => {
  const engine = new DynamoDbEngine({});
  create(engine, keys('pk', 'sk'), [local('byDay')]);
  const put = (sk: string, day: string | undefined, bytes = 0) =>
    engine.execute(
      'PutItem',
      {
        TableName,
        Item: { pk: { S: 'a' }, sk: { S: sk }, ...(day && { day: { S: day } }), text: { S: 'x'.repeat(bytes) } },
        ReturnConsumedCapacity: 'INDEXES',
      },
      AT,
    );
  const query = (more: object = {}) =>
    engine.execute(
      'Query',
      {
        TableName,
        IndexName: 'byDay',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'a' } },
        ConsistentRead: true,
        ReturnConsumedCapacity: 'INDEXES',
        ...more,
      },
      AT,
    );
  return { put, query };
};

describe('a local index', () => {
  it('is read consistently, in the order of its own sort key, without items that lack it', () => {
    const { put, query } = made();
    put('1', 'monday');
    put('2', 'friday');
    put('3', undefined);
    const { Items } = query();
    expect(Items?.map(({ sk }) => sk?.S)).toEqual(['2', '1']);
    expect(Items?.[0]).not.toHaveProperty('text');
  });

  it('reads in the table what it does not hold, and each such item takes units of its own', () => {
    const { put, query } = made();
    put('1', 'monday', 5_000);
    put('2', 'friday', 100);
    expect(query().ConsumedCapacity).toMatchObject({ CapacityUnits: 1, Table: { CapacityUnits: 0 } });
    const fetched = query({ ProjectionExpression: 'sk, #text', ExpressionAttributeNames: { '#text': 'text' } });
    expect(fetched.Items?.map(({ text }) => text?.S?.length)).toEqual([100, 5_000]);
    expect(fetched.ConsumedCapacity).toEqual({
      TableName,
      CapacityUnits: 4,
      Table: { CapacityUnits: 3 },
      LocalSecondaryIndexes: { byDay: { CapacityUnits: 1 } },
    });
  });

  it('takes a unit for a write of what it holds, and none for a write of anything else', () => {
    const { put } = made();
    const units = (text: number) => put('1', 'monday', text).ConsumedCapacity;
    expect(units(1)).toMatchObject({ CapacityUnits: 2, LocalSecondaryIndexes: { byDay: { CapacityUnits: 1 } } });
    expect(units(2)).toMatchObject({ CapacityUnits: 1 });
  });

  it('shares the capacity of its table', () => {
    const throughput = { tableWrites: 40, tableReads: 120, partitionWrites: 10, partitionReads: 30 };
    const charge = { tableName: TableName, partition: 'a', kind: 'write' as const, units: 10 };
    const throttles = new Throttles(throughput);
    expect(throttles.take([{ ...charge, indexName: 'byDay', isLocal: true }], 0).kind).toBe('admitted');
    expect(throttles.take([{ ...charge, indexName: undefined }], 0).kind).toBe('throttled');
  });

  it.each([
    ['of a table without a sort key', keys('pk'), [local('a')], 'Table KeySchema does not have a range key'],
    [
      'without a sort key',
      keys('pk', 'sk'),
      [{ ...local('a'), KeySchema: keys('pk') }],
      'does not have a range key for index',
    ],
    ['with another partition key', keys('pk', 'sk'), [local('a', 'day', 'sk')], 'same leading hash key'],
    ['when there are six', keys('pk', 'sk'), ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => local(name)), 'limit of 5'],
  ])('is refused %s', (_what, key, indexes, message) => {
    expect(() => create(new DynamoDbEngine({}), key, indexes)).toThrow(message);
  });
});
