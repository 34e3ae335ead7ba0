import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * Deletes what has expired, as DynamoDB's time to live does. The engine's own is not used: one expired item without
 * index keys stops it.
 * @param nowSeconds seconds since 1970
 * @returns how many items went
 */
export const sweepExpired = async (client: DynamoDBClient, table: string, nowSeconds: number): Promise<number> => {
  const ExpressionAttributeValues = { ':now': { N: String(nowSeconds) } };
  let swept = 0;
  let start: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        ExclusiveStartKey: start,
        FilterExpression: 'expiresAt < :now',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues,
      }),
    );
    for (const Key of page.Items ?? []) {
      // What was renewed since it was read stays.
      const request = { TableName: table, Key, ConditionExpression: 'expiresAt < :now', ExpressionAttributeValues };
      const isGone = await client.send(new DeleteItemCommand(request)).then(() => true, unlessRenewed);
      if (isGone) swept++;
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return swept;
};

const unlessRenewed = (error: unknown): false => {
  if (error instanceof ConditionalCheckFailedException) return false;
  throw error;
};
