import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUESTS, STREAM_REQUESTS } from '../../../../local/dynamodb/server/requests.ts';
import { TestApi } from '../../../support/dynamodb-api.ts';

describe('an answer', () => {
  it('gives bytes as base64, in whatever they lie', () => {
    const api = TestApi.withTable();
    const item = {
      pk: { S: 'a' },
      b: { B: 'AQID' },
      bs: { BS: ['/w==', ''] },
      m: { M: { l: { L: [{ B: 'AA==' }, { N: '1' }] } } },
    };
    expect(api.call('PutItem', { TableName: 'things', Item: item }).status).toBe(200);
    expect(api.items()).toEqual([item]);
    expect(api.records()[0]?.dynamodb.NewImage).toEqual(item);
  });

  it('gives times as seconds since 1970', () => {
    const api = TestApi.withTable();
    const { Table } = api.call('DescribeTable', { TableName: 'things' }).body as { Table: Record<string, unknown> };
    expect(Table.CreationDateTime).toBe(api.now / 1_000);
  });

  it('keeps attributes whose names mean something to JavaScript', () => {
    const api = TestApi.withTable();
    const body = '{"TableName":"things","Item":{"pk":{"S":"a"},"__proto__":{"S":"x"},"constructor":{"B":"AQID"}}}';
    expect(api.raw('DynamoDB_20120810.PutItem', body).status).toBe(200);
    expect(JSON.stringify(api.items())).toBe('[{"pk":{"S":"a"},"__proto__":{"S":"x"},"constructor":{"B":"AQID"}}]');
  });

  it('tells the units that were asked for', () => {
    const api = TestApi.withTable();
    const { body } = api.call('PutItem', {
      TableName: 'things',
      Item: { pk: { S: 'a' }, text: { S: 'x'.repeat(1_500) } },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(body).toEqual({ ConsumedCapacity: { TableName: 'things', CapacityUnits: 2 } });
  });

  it('brings the stored item with a failed condition, and the reasons with a cancelled transaction', () => {
    const api = TestApi.withTable();
    api.put('a', { b: { B: 'AQID' } });
    const put = {
      TableName: 'things',
      Item: { pk: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    const Item = { pk: { S: 'a' }, b: { B: 'AQID' } };
    expect(api.call('PutItem', put)).toEqual({
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item,
      },
    });
    expect(api.call('TransactWriteItems', { TransactItems: [{ Put: put }] }).body).toMatchObject({
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: expect.stringContaining('[ConditionalCheckFailed]'),
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item }],
    });
  });
});

const SERIALIZATION = 'com.amazon.coral.service#SerializationException';
const VALIDATION = 'com.amazon.coral.validate#ValidationException';
const NOT_FOUND = 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException';

describe('a request that is wrong', () => {
  it.each([
    ['no JSON', 'GetItem', '{', SERIALIZATION],
    ['nothing', 'GetItem', '', SERIALIZATION],
    ['a list', 'GetItem', '[]', SERIALIZATION],
    ['null', 'GetItem', 'null', SERIALIZATION],
    ['a number for a text', 'GetItem', '{"TableName":5}', SERIALIZATION],
    ['a text for a number', 'Scan', '{"TableName":"things","Limit":"1"}', SERIALIZATION],
    ['a text for a flag', 'GetItem', '{"TableName":"things","ConsistentRead":"true"}', SERIALIZATION],
    ['a text for a map', 'GetItem', '{"TableName":"things","Key":"a"}', SERIALIZATION],
    ['a list for a map', 'GetItem', '{"TableName":"things","Key":[]}', SERIALIZATION],
    ['a map for a list', 'TransactWriteItems', '{"TransactItems":{}}', SERIALIZATION],
    ['null in a list', 'TransactWriteItems', '{"TransactItems":[null]}', SERIALIZATION],
    ['a number in a value', 'GetItem', '{"TableName":"things","Key":{"pk":{"S":5}}}', SERIALIZATION],
    ['a text for a value', 'GetItem', '{"TableName":"things","Key":{"pk":"a"}}', SERIALIZATION],
    ['no base64', 'PutItem', '{"TableName":"things","Item":{"pk":{"S":"a"},"b":{"B":"x"}}}', SERIALIZATION],
    ['nothing needed', 'GetItem', '{}', VALIDATION],
    ['no such value', 'Scan', '{"TableName":"things","Select":"MUCH"}', VALIDATION],
    ['a limit below 1', 'Scan', '{"TableName":"things","Limit":0}', VALIDATION],
    ['a value of no type', 'PutItem', '{"TableName":"things","Item":{"pk":{}}}', VALIDATION],
    ['a value of two types', 'PutItem', '{"TableName":"things","Item":{"pk":{"S":"a","N":"1"}}}', VALIDATION],
    ['a parameter from before expressions', 'Scan', '{"TableName":"things","AttributesToGet":["pk"]}', VALIDATION],
    ['a table that is not there', 'Scan', '{"TableName":"nothing"}', NOT_FOUND],
  ])('%s is refused', (_what, operation, body, type) => {
    const api = TestApi.withTable();
    const answer = api.raw(`DynamoDB_20120810.${operation}`, body);
    expect([answer.status, answer.body.__type]).toEqual([400, type]);
    expect(api.reports).toEqual([]);
  });

  it('is told all that is wrong with its values at once, in the words of AWS', () => {
    const { body } = new TestApi().call('Scan', { Limit: -1 });
    expect(body.message).toBe(
      "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null; Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    const write = { TransactItems: [{ Put: { Item: {} } }] };
    expect(new TestApi().call('TransactWriteItems', write).body.message).toContain(
      "at 'transactItems.1.member.put.tableName'",
    );
  });

  it.each(['', 'x'.repeat(37)])('has a token that is too short or too long, and takes no effect: %j', (token) => {
    const api = TestApi.withTable();
    const transaction = {
      TransactItems: [
        {
          Update: {
            TableName: 'things',
            Key: { pk: { S: 'a' } },
            UpdateExpression: 'ADD #n :one',
            ExpressionAttributeNames: { '#n': 'n' },
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    };
    const refused = api.call('TransactWriteItems', { ...transaction, ClientRequestToken: token });
    expect(refused.body.message).toContain(
      "at 'clientRequestToken' failed to satisfy constraint: Member must have length",
    );
    for (let count = 0; count < 2; count++) expect(api.call('TransactWriteItems', transaction).status).toBe(200);
    expect(api.items()).toEqual([{ pk: { S: 'a' }, n: { N: '2' } }]);
  });

  it('has a value that is too deep for the stack', () => {
    const depth = 100_000;
    const value = `${'{"M":{"a":'.repeat(depth)}{"S":"x"}${'}}'.repeat(depth)}`;
    const body = `{"TableName":"things","Item":{"pk":{"S":"a"},"deep":${value}}}`;
    expect(TestApi.withTable().raw('DynamoDB_20120810.PutItem', body).body.__type).toBe(VALIDATION);
  });

  it.each([
    '',
    'GetItem',
    'DynamoDB_20120810.',
    'DynamoDB_20120810.Nothing',
    'DynamoDB_20111205.GetItem',
    'DynamoDB_20120810.GetItem.x',
    'DynamoDB_20120810.constructor',
    'DynamoDBStreams_20120810.GetItem',
  ])('has an unknown target: %s', (target) => {
    expect(new TestApi().raw(target, '{}')).toMatchObject({
      status: 400,
      body: { __type: 'com.amazon.coral.service#UnknownOperationException' },
    });
  });

  it.each(['('.repeat(2_000), 'NOT '.repeat(1_000)])('has an expression too deep for the stack: %.20s', (deep) => {
    const { body } = TestApi.withTable().call('Scan', { TableName: 'things', FilterExpression: `${deep}pk = pk` });
    expect(body.message).toContain('nested too deeply');
  });

  it('never makes the engine fail, whatever it is made of', () => {
    const api = TestApi.withTable();
    api.put('a');
    const operations = [...Object.keys(REQUESTS), ...Object.keys(STREAM_REQUESTS)].filter(
      (name) => name !== 'DeleteTable',
    );
    const names = [
      'pk',
      'S',
      'N',
      'B',
      'M',
      'L',
      'NS',
      'things',
      '#n',
      ':v',
      'PutRequest',
      'DeleteRequest',
      'Put',
      'Get',
      'Update',
      'Item',
      'Key',
      'Keys',
      'TableName',
    ];
    const members = [
      'TableName',
      'Item',
      'Key',
      'RequestItems',
      'TransactItems',
      'KeyConditionExpression',
      'UpdateExpression',
      'ConditionExpression',
      'FilterExpression',
      'ProjectionExpression',
      'ExpressionAttributeNames',
      'ExpressionAttributeValues',
      'Limit',
      'Segment',
      'TotalSegments',
      'ExclusiveStartKey',
      'StreamArn',
      'ShardId',
      'ShardIterator',
      'ShardIteratorType',
      'SequenceNumber',
      'IndexName',
      'KeySchema',
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'TimeToLiveSpecification',
    ];
    const expressions = [
      'pk = :v',
      'SET #n = :v',
      'attribute_exists(pk)',
      'REMOVE pk',
      'ADD n :v',
      'LATEST',
      api.streamArn,
    ];
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e300, '', 'AA==', '1', ...names, ...expressions),
      fc.string(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('value'), { maxKeys: 3 }),
      ),
    }));
    const body = fc.dictionary(fc.constantFrom(...members), value, { maxKeys: 6 }).map((parts) => ({
      TableName: 'things',
      ...parts,
    }));
    fc.assert(
      fc.property(fc.constantFrom(...operations), body, (operation, input) => {
        const { status } = api.call(operation, input);
        expect([200, 400], api.reports.join('\n')).toContain(status);
      }),
      { numRuns: 2_000 },
    );
  });
});
