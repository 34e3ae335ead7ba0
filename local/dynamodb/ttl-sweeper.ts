import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';

/** How many of the latest deletions are remembered: many more than wait in the stream at a time. */
const REMEMBERED = 10_000;

/** The user identity in a stream record of a deletion by time to live. */
const TTL_IDENTITY = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

type Image = Record<string, AttributeValue>;

/** What a sweep has deleted, so that the stream's records of it can say that no caller did it. */
export class Expired {
  readonly #marks = new Set<string>();

  add(item: Image): void {
    this.#marks.add(markOf(item));
    for (const oldest of this.#marks) {
      if (this.#marks.size <= REMEMBERED) return;
      this.#marks.delete(oldest);
    }
  }

  /**
   * Adds to the record of such a deletion the user identity that DynamoDB gives to deletions by time to live.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
   */
  mark = <Record extends { eventName: string; dynamodb: { OldImage?: object } }>(record: Record): Record => {
    const { OldImage } = record.dynamodb;
    const isExpired = record.eventName === 'REMOVE' && OldImage && this.#marks.has(markOf(OldImage as Image));
    return isExpired ? { ...record, userIdentity: TTL_IDENTITY } : record;
  };
}

/** Key and expiry time together: the same key may be written anew and deleted by a caller. */
const markOf = ({ pk, sk, expiresAt }: Image): string => `${pk?.S}\n${sk?.S}\n${expiresAt?.N}`;

/**
 * Deletes what has expired, as DynamoDB's time to live does. The engine's own is not used: one expired item without
 * index keys stops it.
 * @param nowSeconds seconds since 1970
 * @param expired notes each item before it is deleted, since the stream may be read at once
 * @returns how many items were deleted
 */
export const sweepExpired = async (
  client: DynamoDBClient,
  table: string,
  nowSeconds: number,
  expired = new Expired(),
): Promise<number> => {
  const ExpressionAttributeValues = { ':now': { N: String(nowSeconds) } };
  let swept = 0;
  let start: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        ExclusiveStartKey: start,
        FilterExpression: 'expiresAt < :now',
        ProjectionExpression: 'pk, sk, expiresAt',
        ExpressionAttributeValues,
      }),
    );
    for (const item of page.Items ?? []) {
      expired.add(item);
      const { expiresAt: _, ...Key } = item;
      // An item that was renewed since it was read stays.
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
