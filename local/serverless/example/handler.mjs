import { ApiGatewayManagementApi } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDB } from '@aws-sdk/client-dynamodb';

const { TABLE: TableName } = process.env;
const dynamodb = new DynamoDB();

/** Stores each message in the table, with its sender's connection. */
export const sockets = async ({ body, requestContext: { routeKey, connectionId, domainName, stage } }) => {
  if (routeKey === '$connect') return { statusCode: 200 };
  const texts = { id: crypto.randomUUID(), text: body, connectionId, endpoint: `https://${domainName}/${stage}` };
  const Item = Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]));
  await dynamodb.putItem({ TableName, Item });
  return { statusCode: 200, body: 'kept' };
};

/** Sends each stored message back to its sender, when the table's stream brings it. */
export const changes = async ({ Records }) => {
  for (const {
    NewImage: { connectionId, endpoint, text },
  } of Records.map((record) => record.dynamodb)) {
    const gateway = new ApiGatewayManagementApi({ endpoint: endpoint.S });
    await gateway.postToConnection({ ConnectionId: connectionId.S, Data: `stream: ${text.S}` });
  }
};
