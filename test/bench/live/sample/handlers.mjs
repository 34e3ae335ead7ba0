import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';

// As AWS's WebSocket samples do it: a list of connections, and a push to each of them for each new item.

const TableName = process.env.TABLE_NAME;
const dynamodb = new DynamoDBClient();
const gateway = new ApiGatewayManagementApiClient({ endpoint: process.env.PUSH_URL });
const connection = (event) => ({ pk: { S: 'CONNECTIONS' }, sk: { S: event.requestContext.connectionId } });

export const connect = async (event) => {
  await dynamodb.send(new PutItemCommand({ TableName, Item: connection(event) }));
  return { statusCode: 200 };
};

export const disconnect = async (event) => {
  await dynamodb.send(new DeleteItemCommand({ TableName, Key: connection(event) }));
  return { statusCode: 200 };
};

export const post = async (event) => {
  const id = randomUUID();
  const { text } = JSON.parse(event.body);
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: { pk: { S: 'THOUGHTS' }, sk: { S: id }, text: { S: text } } }),
  );
  return { statusCode: 201, body: JSON.stringify({ id }) };
};

export const stream = async ({ Records }) => {
  for (const { eventName, dynamodb: change } of Records) {
    if (eventName !== 'INSERT' || change.Keys.pk.S !== 'THOUGHTS') continue;
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'CONNECTIONS' } },
      }),
    );
    const Data = JSON.stringify({ id: change.NewImage.sk.S, text: change.NewImage.text.S });
    await Promise.all(Items.map(({ sk }) => gateway.send(new PostToConnectionCommand({ ConnectionId: sk.S, Data }))));
  }
};
