import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { Attributes, AttributeValue, StreamRecord } from '../../local/aws/dynamodb/types.ts';

/** All records of DynamoDB Local's one shard, in order. */
export const readStream = async (
  client: DynamoDBStreamsClient,
  StreamArn: string,
): Promise<Partial<StreamRecord>[]> => {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const records: Partial<StreamRecord>[] = [];
  for (let iterator = ShardIterator; iterator; ) {
    const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    if (Records.length === 0) break;
    for (const { eventName, dynamodb } of Records) {
      records.push({
        eventName,
        keys: dynamodb?.Keys,
        newImage: withEmptyMaps(dynamodb?.NewImage),
        oldImage: withEmptyMaps(dynamodb?.OldImage),
      } as Partial<StreamRecord>);
    }
    iterator = NextShardIterator;
  }
  return records;
};

/** Local's stream leaves the type of an empty map inside another value out: `{}` for `{ M: {} }`. */
const withEmptyMaps = (image: Attributes | undefined): Attributes | undefined =>
  image && Object.fromEntries(Object.entries(image).map(([name, value]) => [name, withEmptyMap(value)]));

const withEmptyMap = (value: AttributeValue): AttributeValue => {
  if (value.M) return { M: withEmptyMaps(value.M) ?? {} };
  if (value.L) return { L: value.L.map(withEmptyMap) };
  return Object.keys(value).length === 0 ? { M: {} } : value;
};
