import { describe, expect, it } from 'vitest';
import { DynamoDbEngine } from '../../../../../local/aws/dynamodb/engine.ts';
import type { Attributes, StreamRecord, StreamViewType } from '../../../../../local/aws/dynamodb/types.ts';

const TableName = 'notes';
const DAY = 86_400_000;
const key = (pk: string, sk = 'A'): Attributes => ({ pk: { S: pk }, sk: { S: sk } });
const at = (now: number) => ({ now });

const made = (StreamViewType: StreamViewType = 'NEW_AND_OLD_IMAGES') => {
  const records: StreamRecord[] = [];
  const engine = new DynamoDbEngine({ onRecord: (record) => void records.push(record) });
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const names = ['pk', 'sk', 'gpk', 'gsk'];
  engine.execute(
    'CreateTable',
    {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'gsi', KeySchema: keys('gpk', 'gsk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    },
    at(0),
  );
  const put = (Item: Attributes, now = 0) =>
    engine.execute('PutItem', { TableName, Item, ReturnConsumedCapacity: 'INDEXES' }, at(now));
  const get = (pk: string, sk = 'A') =>
    engine.execute('GetItem', { TableName, Key: key(pk, sk), ConsistentRead: true }, at(0)).Item;
  return { engine, records, put, get };
};

const failure = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return error as Error & { CancellationReasons?: { Code: string; Message?: string; Item?: Attributes }[] };
  }
  throw new Error('It did not fail');
};

describe('the stream', () => {
  it('tells of each change and of nothing else', () => {
    const { records, put, engine } = made();
    put({ ...key('a'), n: { N: '1' } }, 1_000);
    put({ ...key('a'), n: { N: '1.0' } }, 2_000);
    put({ ...key('a'), n: { N: '2' } }, 3_000);
    engine.execute('DeleteItem', { TableName, Key: key('a') }, at(4_000));
    engine.execute('DeleteItem', { TableName, Key: key('a') }, at(5_000));
    expect(records).toEqual([
      {
        tableName: TableName,
        sequence: 1,
        eventName: 'INSERT',
        keys: key('a'),
        newImage: { ...key('a'), n: { N: '1' } },
        createdAt: 1_000,
      },
      {
        tableName: TableName,
        sequence: 2,
        eventName: 'MODIFY',
        keys: key('a'),
        newImage: { ...key('a'), n: { N: '2' } },
        oldImage: { ...key('a'), n: { N: '1' } },
        createdAt: 3_000,
      },
      {
        tableName: TableName,
        sequence: 3,
        eventName: 'REMOVE',
        keys: key('a'),
        oldImage: { ...key('a'), n: { N: '2' } },
        createdAt: 4_000,
      },
    ]);
  });

  it.each<[StreamViewType, string[]]>([
    ['KEYS_ONLY', []],
    ['NEW_IMAGE', ['newImage']],
    ['OLD_IMAGE', ['oldImage']],
    ['NEW_AND_OLD_IMAGES', ['newImage', 'oldImage']],
  ])('of view type %s has %j', (viewType, images) => {
    const { records, put } = made(viewType);
    put({ ...key('a'), n: { N: '1' } });
    put({ ...key('a'), n: { N: '2' } });
    expect(Object.keys(records[1] ?? {}).filter((name) => name.endsWith('Image'))).toEqual(images);
  });
});

describe('the time to live', () => {
  it('removes what is past it, as the service, once, and leaves the rest', () => {
    const { engine, records, put, get } = made();
    const expiring = (pk: string, value: Attributes[string]) => put({ ...key(pk), expiresAt: value });
    expiring('past', { N: '1000' });
    engine.execute(
      'UpdateTimeToLive',
      { TableName, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
      at(0),
    );
    expiring('later', { N: '2000' });
    expiring('text', { S: '1000' });
    expiring('renewed', { N: '1000' });
    expiring('renewed', { N: '90000' });
    records.length = 0;
    expect(engine.expire(1_000_000)).toBe(0);
    expect(engine.expire(1_001_000)).toBe(1);
    expect(engine.expire(1_001_000)).toBe(0);
    expect(records).toMatchObject([
      {
        eventName: 'REMOVE',
        keys: key('past'),
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      },
    ]);
    expect(engine.expire(3_000_000)).toBe(1);
    expect([get('text'), get('renewed')]).not.toContain(undefined);
  });

  it('leaves what expired more than five years ago', () => {
    const { engine, put } = made();
    engine.execute(
      'UpdateTimeToLive',
      { TableName, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
      at(0),
    );
    put({ ...key('old'), expiresAt: { N: '1000' } });
    expect(engine.expire(6 * 365 * DAY)).toBe(0);
  });
});

describe('a transaction', () => {
  const add = (pk: string) => ({
    Update: {
      TableName,
      Key: key(pk),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  });

  it('is done once in ten minutes under one token', () => {
    const { engine, get } = made();
    const run = (now: number, pk = 'a') =>
      engine.execute(
        'TransactWriteItems',
        { TransactItems: [add(pk)], ClientRequestToken: 'token', ReturnConsumedCapacity: 'TOTAL' },
        at(now),
      );
    expect(run(0).ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
    expect(run(599_999).ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    expect(get('a')).toMatchObject({ n: { N: '1' } });
    expect(failure(() => run(599_999, 'b')).name).toBe('IdempotentParameterMismatchException');
    run(600_001);
    expect(get('a')).toMatchObject({ n: { N: '2' } });
  });

  it('gives its reasons in the order of its items, and changes nothing', () => {
    const { engine, put, get, records } = made();
    put({ ...key('text'), n: { S: 'x' } });
    const check = {
      TableName,
      Key: key('text'),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    const error = failure(() =>
      engine.execute('TransactWriteItems', { TransactItems: [add('a'), { ConditionCheck: check }] }, at(0)),
    );
    expect(error).toMatchObject({ name: 'TransactionCanceledException', $metadata: { httpStatusCode: 400 } });
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('text'), n: { S: 'x' } },
      },
    ]);
    const wrong = failure(() =>
      engine.execute('TransactWriteItems', { TransactItems: [add('a'), add('text')] }, at(0)),
    );
    expect(wrong.CancellationReasons).toMatchObject([{ Code: 'None' }, { Code: 'ValidationError' }]);
    expect(get('a')).toBeUndefined();
    expect(records.length).toBe(1);
  });

  it('takes 100 items, each once', () => {
    const { engine } = made();
    const run = (count: number) =>
      engine.execute(
        'TransactWriteItems',
        { TransactItems: Array.from({ length: count }, (_, n) => add(`${n}`)) },
        at(0),
      );
    run(100);
    expect(failure(() => run(101)).name).toBe('ValidationException');
    expect(failure(() => run(0)).name).toBe('ValidationException');
    const twice = () => engine.execute('TransactWriteItems', { TransactItems: [add('a'), add('a')] }, at(0));
    expect(failure(twice).message).toBe('Transaction request cannot include multiple operations on one item');
  });
});

describe('units', () => {
  it('are taken from an index only when what it holds changes', () => {
    const { put } = made();
    const item = (more: Attributes): Attributes => ({ ...key('a'), ...more });
    const inIndex = { gpk: { S: 'F' }, gsk: { S: '1' } };
    const units = (more: Attributes) =>
      put(item(more)).ConsumedCapacity?.GlobalSecondaryIndexes?.gsi?.CapacityUnits ?? 0;
    expect(units({})).toBe(0);
    expect(units(inIndex)).toBe(1);
    expect(units({ ...inIndex, text: { S: 'not projected' } })).toBe(0);
    expect(units({ ...inIndex, gsk: { S: '2' } })).toBe(2);
    expect(units({ ...inIndex, gpk: { S: 'G' }, gsk: { S: '2' } })).toBe(2);
    expect(units({})).toBe(1);
  });

  it('are taken for a condition that fails', () => {
    const { engine, put } = made();
    put({ ...key('a'), text: { S: 'x'.repeat(2_500) } });
    const charges: number[] = [];
    const charge = (list: { units: number }[]) => {
      charges.push(...list.map(({ units }) => units));
      return { kind: 'admitted' as const };
    };
    const input = { TableName, Item: key('a'), ConditionExpression: 'attribute_not_exists(pk)' };
    expect(failure(() => engine.execute('PutItem', input, { now: 0, charge })).name).toBe(
      'ConditionalCheckFailedException',
    );
    expect(charges).toEqual([3]);
  });
});

describe('pages', () => {
  it('end at 1 MB, and go on behind it', () => {
    const { engine, put } = made();
    for (let n = 0; n < 8; n++) put({ ...key('a', `${n}`), text: { S: 'x'.repeat(200_000) } });
    const query = (ExclusiveStartKey?: Attributes) =>
      engine.execute(
        'Query',
        {
          TableName,
          ExclusiveStartKey,
          KeyConditionExpression: 'pk = :a',
          ExpressionAttributeValues: { ':a': { S: 'a' } },
        },
        at(0),
      );
    const first = query();
    expect([first.Count, first.LastEvaluatedKey]).toEqual([6, key('a', '5')]);
    expect(query(first.LastEvaluatedKey)).toMatchObject({ Count: 2 });
    expect(query(first.LastEvaluatedKey).LastEvaluatedKey).toBeUndefined();
  });

  it('of the segments of a scan give each item once', () => {
    const { engine, put } = made();
    for (let n = 0; n < 300; n++) put({ ...key(`${n % 100}`, `${n}`) });
    const seen = [0, 1, 2, 3].flatMap((Segment) => {
      const found: string[] = [];
      let ExclusiveStartKey: Attributes | undefined;
      do {
        const page = engine.execute(
          'Scan',
          { TableName, Segment, TotalSegments: 4, Limit: 7, ExclusiveStartKey },
          at(0),
        );
        found.push(...(page.Items ?? []).map(({ sk }) => sk?.S ?? ''));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(found.length).toBeGreaterThan(30);
      return found;
    });
    expect(seen.length).toBe(300);
    expect(new Set(seen).size).toBe(300);
  });

  it('of an index with equal keys give each entry once, in both directions', () => {
    const { engine, put } = made();
    for (let n = 0; n < 50; n++)
      put({ ...key(`\0${n}`, `${n % 2}\0`), gpk: { S: 'F' }, gsk: { S: n % 3 === 0 ? 'same' : 'same\0' } });
    for (const ScanIndexForward of [true, false]) {
      const found: string[] = [];
      let ExclusiveStartKey: Attributes | undefined;
      do {
        const page = engine.execute(
          'Query',
          {
            TableName,
            IndexName: 'gsi',
            Limit: 7,
            ScanIndexForward,
            ExclusiveStartKey,
            KeyConditionExpression: 'gpk = :f',
            ExpressionAttributeValues: { ':f': { S: 'F' } },
          },
          at(0),
        );
        found.push(...(page.Items ?? []).map(({ pk }) => pk?.S ?? ''));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(found.length).toBe(50);
      expect(new Set(found).size).toBe(50);
    }
  });

  it('of an index are in the order of its keys, whatever characters these have', () => {
    const { engine, put } = made();
    const keys = ['a', 'a\0', 'a\0\0', 'a\u0001', 'ab', 'b'];
    for (const [n, gsk] of [...keys.toReversed()].entries()) put({ ...key(`${n}`), gpk: { S: 'F' }, gsk: { S: gsk } });
    const query = (bound: string) =>
      engine
        .execute(
          'Query',
          {
            TableName,
            IndexName: 'gsi',
            KeyConditionExpression: `gpk = :f AND ${bound}`,
            ExpressionAttributeValues: { ':f': { S: 'F' }, ':a': { S: 'a' } },
          },
          at(0),
        )
        .Items?.map(({ gsk }) => gsk?.S);
    expect(query('gsk >= :a')).toEqual(keys);
    expect(query('gsk > :a')).toEqual(keys.slice(1));
    expect(query('gsk = :a')).toEqual(['a']);
    expect(query('begins_with(gsk, :a)')).toEqual(keys.slice(0, -1));
  });
});

describe('limits', () => {
  it.each<[string, Attributes, RegExp]>([
    ['an item over 400 KB', { ...key('a'), x: { S: 'x'.repeat(409_600) } }, /Item size/],
    ['an empty sort key', key('a', ''), /empty string value. Key: sk/],
    ['a partition key over 2,048 bytes', key('ü'.repeat(1_025)), /hashkey/],
    ['a sort key over 1,024 bytes', key('a', 'x'.repeat(1_025)), /range keys/],
    ['an empty set', { ...key('a'), s: { SS: [] } }, /may not be empty/],
    ['a set with doubles', { ...key('a'), s: { NS: ['1', '1.0'] } }, /duplicates/],
    ['a value without a type', { ...key('a'), s: {} as never }, /is empty/],
    ['an index key of another type', { ...key('a'), gpk: { N: '1' } }, /Type mismatch for Index Key/],
  ])('refuse %s', (_, item, message) => {
    expect(failure(() => made().put(item))).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  it('keep attributes whose names mean something to JavaScript', () => {
    const { put, get } = made();
    const item = JSON.parse('{"__proto__": {"S": "x"}, "constructor": {"M": {"__proto__": {"N": "1"}}}}');
    put({ ...key('a'), ...item, toString: { S: 'y' }, ['__proto__']: { S: 'x' } });
    const found = get('a') ?? {};
    expect(Object.keys(found).sort()).toEqual(['__proto__', 'constructor', 'pk', 'sk', 'toString']);
    const { engine } = made();
    const test = { TableName, Item: key('a'), ConditionExpression: 'attribute_exists(valueOf)' };
    expect(failure(() => engine.execute('PutItem', test, at(0))).name).toBe('ConditionalCheckFailedException');
  });

  it('store a copy of an item, which later changes of the original do not reach', () => {
    const { put, get } = made();
    const item = { ...key('a'), list: { L: [{ S: 'x' }] } };
    put(item);
    item.list.L.push({ S: 'y' });
    expect(get('a')).toEqual({ ...key('a'), list: { L: [{ S: 'x' }] } });
  });
});
