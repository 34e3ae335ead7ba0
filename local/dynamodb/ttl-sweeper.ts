import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';

const BATCH = 25;

/**
 * Deletes what has expired, as DynamoDB's time to live does. The engine's own is not used: one expired item without
 * index keys stops it.
 * @param nowSeconds seconds since 1970
 * @returns how many items went
 */
export const sweepExpired = async (client: DynamoDBClient, table: string, nowSeconds: number): Promise<number> => {
  let swept = 0;
  let start: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        ExclusiveStartKey: start,
        FilterExpression: 'expiresAt < :now',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
      }),
    );
    const keys = page.Items ?? [];
    for (let at = 0; at < keys.length; at += BATCH) {
      const requests = keys.slice(at, at + BATCH).map((Key) => ({ DeleteRequest: { Key } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    }
    swept += keys.length;
    start = page.LastEvaluatedKey;
  } while (start);
  return swept;
};
