import type { Operation } from '../../aws/dynamodb/engine.ts';
import {
  attributes,
  flag,
  list,
  map,
  refused,
  type Shape,
  structure,
  tableName,
  text,
  textOf,
  whole,
} from './shapes.ts';

/**
 * The requests that are understood, member by member.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
const anyText = text();
const names = map(anyText);
const capacity = text('INDEXES', 'TOTAL', 'NONE');
const metrics = text('SIZE', 'NONE');
const onFailure = text('ALL_OLD', 'NONE');
const returnValues = text('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW');
const TableName = tableName;

/** Parameters from before expressions: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html */
const legacy = Object.fromEntries(
  [
    'AttributesToGet',
    'AttributeUpdates',
    'ConditionalOperator',
    'Expected',
    'KeyConditions',
    'QueryFilter',
    'ScanFilter',
  ].map((name) => [name, refused(`The parameter ${name} is not supported: use expressions`)]),
);

const expressions = { ExpressionAttributeNames: names, ExpressionAttributeValues: attributes };
const condition = { ConditionExpression: anyText, ...expressions, ReturnValuesOnConditionCheckFailure: onFailure };
const asked = { ReturnConsumedCapacity: capacity, ReturnItemCollectionMetrics: metrics, ReturnValues: returnValues };

const put = { TableName, Item: attributes, ...condition };
const update = { TableName, Key: attributes, UpdateExpression: anyText, ...condition };
const remove = { TableName, Key: attributes, ...condition };
const get = { TableName, Key: attributes, ProjectionExpression: anyText, ExpressionAttributeNames: names };

const page = {
  TableName,
  IndexName: anyText,
  Select: text('SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'),
  Limit: whole(1),
  ConsistentRead: flag,
  ExclusiveStartKey: attributes,
  ProjectionExpression: anyText,
  FilterExpression: anyText,
  ...expressions,
  ReturnConsumedCapacity: capacity,
  ...legacy,
};

const key = list(structure({ AttributeName: anyText, KeyType: text('HASH', 'RANGE') }, ['AttributeName', 'KeyType']));
const throughput = structure({ ReadCapacityUnits: whole(1), WriteCapacityUnits: whole(1) });
const projection = structure({
  ProjectionType: text('ALL', 'KEYS_ONLY', 'INCLUDE'),
  NonKeyAttributes: list(anyText),
});
const index = structure(
  { IndexName: anyText, KeySchema: key, Projection: projection, ProvisionedThroughput: throughput },
  ['IndexName', 'KeySchema', 'Projection'],
);

const localIndex = structure({ IndexName: anyText, KeySchema: key, Projection: projection }, [
  'IndexName',
  'KeySchema',
  'Projection',
]);

export const REQUESTS: Record<Operation, Shape> = {
  BatchGetItem: structure(
    {
      RequestItems: map(
        structure(
          {
            Keys: list(attributes),
            ConsistentRead: flag,
            ProjectionExpression: anyText,
            ExpressionAttributeNames: names,
            AttributesToGet: refused('The parameter AttributesToGet is not supported: use expressions'),
          },
          ['Keys'],
        ),
      ),
      ReturnConsumedCapacity: capacity,
    },
    ['RequestItems'],
  ),
  BatchWriteItem: structure(
    {
      RequestItems: map(
        list(
          structure({
            PutRequest: structure({ Item: attributes }, ['Item']),
            DeleteRequest: structure({ Key: attributes }, ['Key']),
          }),
        ),
      ),
      ReturnConsumedCapacity: capacity,
      ReturnItemCollectionMetrics: metrics,
    },
    ['RequestItems'],
  ),
  CreateTable: structure(
    {
      TableName,
      AttributeDefinitions: list(
        structure({ AttributeName: anyText, AttributeType: text('B', 'N', 'S') }, ['AttributeName', 'AttributeType']),
      ),
      KeySchema: key,
      LocalSecondaryIndexes: list(localIndex),
      GlobalSecondaryIndexes: list(index),
      BillingMode: text('PROVISIONED', 'PAY_PER_REQUEST'),
      ProvisionedThroughput: throughput,
      StreamSpecification: structure(
        {
          StreamEnabled: flag,
          StreamViewType: text('NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'),
        },
        ['StreamEnabled'],
      ),
    },
    ['TableName', 'AttributeDefinitions', 'KeySchema'],
  ),
  DeleteItem: structure({ ...remove, ...asked, ...legacy }, ['TableName', 'Key']),
  DeleteTable: structure({ TableName }, ['TableName']),
  DescribeTable: structure({ TableName }, ['TableName']),
  DescribeTimeToLive: structure({ TableName }, ['TableName']),
  GetItem: structure({ ...get, ConsistentRead: flag, ReturnConsumedCapacity: capacity, ...legacy }, [
    'TableName',
    'Key',
  ]),
  ListTables: structure({ ExclusiveStartTableName: anyText, Limit: whole(1, 100) }),
  PutItem: structure({ ...put, ...asked, ...legacy }, ['TableName', 'Item']),
  Query: structure({ ...page, KeyConditionExpression: anyText, ScanIndexForward: flag }, ['TableName']),
  Scan: structure({ ...page, Segment: whole(0, 999_999), TotalSegments: whole(1, 1_000_000) }, ['TableName']),
  TransactGetItems: structure(
    {
      TransactItems: list(structure({ Get: structure(get, ['TableName', 'Key']) }, ['Get'])),
      ReturnConsumedCapacity: capacity,
    },
    ['TransactItems'],
  ),
  TransactWriteItems: structure(
    {
      TransactItems: list(
        structure({
          ConditionCheck: structure(remove, ['TableName', 'Key', 'ConditionExpression']),
          Put: structure(put, ['TableName', 'Item']),
          Delete: structure(remove, ['TableName', 'Key']),
          Update: structure(update, ['TableName', 'Key', 'UpdateExpression']),
        }),
      ),
      ClientRequestToken: textOf(1, 36),
      ReturnConsumedCapacity: capacity,
      ReturnItemCollectionMetrics: metrics,
    },
    ['TransactItems'],
  ),
  UpdateItem: structure({ ...update, ...asked, ...legacy }, ['TableName', 'Key']),
  UpdateTimeToLive: structure(
    {
      TableName,
      TimeToLiveSpecification: structure({ AttributeName: anyText, Enabled: flag }, ['AttributeName', 'Enabled']),
    },
    ['TableName', 'TimeToLiveSpecification'],
  ),
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html */
export const STREAM_REQUESTS = {
  ListStreams: structure({ TableName, ExclusiveStartStreamArn: anyText, Limit: whole(1, 100) }),
  DescribeStream: structure({ StreamArn: anyText, ExclusiveStartShardId: anyText, Limit: whole(1, 100) }, [
    'StreamArn',
  ]),
  GetShardIterator: structure(
    {
      StreamArn: anyText,
      ShardId: anyText,
      ShardIteratorType: text('AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'),
      SequenceNumber: anyText,
    },
    ['StreamArn', 'ShardId', 'ShardIteratorType'],
  ),
  GetRecords: structure({ ShardIterator: anyText, Limit: whole(1, 1_000) }, ['ShardIterator']),
};
