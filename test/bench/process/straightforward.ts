import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { type ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { keys, lists, namesOfEdge } from '../../../src/keys/keys.ts';
import type { Key } from '../../../src/table/table.ts';

/**
 * The handler that one writes first: for each record the followers, their entries, their connections, a push to each.
 * Powertools does the batch; nothing is retried, paced, split or ordered.
 */
export const createStraightforward = (
  client: DynamoDBClient,
  table: string,
  gateway: ApiGatewayManagementApiClient,
) => {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);

  const handleRecord = async ({ dynamodb }: DynamoDBRecord): Promise<void> => {
    const thought = unmarshall(dynamodb?.NewImage as Parameters<typeof unmarshall>[0]);
    const { pk, sk, type, gsi1pk, gsi1sk, ...view } = thought;
    const followers = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': lists.followers(thought.author).pk }),
        ConsistentRead: true,
      }),
    );
    const readers = [
      thought.author,
      ...(followers.Items ?? []).map((item) => namesOfEdge(unmarshall(item) as Key).follower),
    ];
    for (let start = 0; start < readers.length; start += 25) {
      const puts = readers.slice(start, start + 25).map((reader) => {
        const entry = { type: 'timeline-entry', author: thought.author, expiresAt: Math.floor(Date.now() / 1000) };
        return { PutRequest: { Item: marshall({ ...keys.timelineEntry(reader, thought.id), ...entry }) } };
      });
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
    }
    const Keys = readers.map((reader) => marshall(keys.presence(reader)));
    const present = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    const connections = (present.Responses?.[table] ?? []).flatMap(
      (item) => unmarshall(item).connections as { connectionId: string }[],
    );
    const event = {
      id: `${thought.id}:1`,
      type: 'thought.created',
      author: thought.author,
      seq: thought.seq,
      thought: view,
    };
    const Data = JSON.stringify({ type: 'events', events: [{ ...event, channels: ['timeline'] }] });
    await Promise.all(
      connections.map(({ connectionId: ConnectionId }) =>
        gateway.send(new PostToConnectionCommand({ ConnectionId, Data })),
      ),
    );
  };

  return (event: DynamoDBStreamEvent, context: Context) =>
    processPartialResponse(event, handleRecord, processor, { context });
};
