import type { AttributeValue, _Record as SdkRecord } from '@aws-sdk/client-dynamodb-streams';

/** A record as Lambda hands it to a function. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: string;
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  eventSourceARN: string;
  userIdentity?: { type: string; principalId: string };
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    OldImage?: Record<string, unknown>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
}

/** Binary values travel in JSON as base64. */
const jsonValue = (value: AttributeValue): unknown => {
  if (value.B) return { B: Buffer.from(value.B).toString('base64') };
  if (value.BS) return { BS: value.BS.map((bytes) => Buffer.from(bytes).toString('base64')) };
  if (value.L) return { L: value.L.map(jsonValue) };
  if (value.M) return { M: jsonImage(value.M) };
  return value;
};

const jsonImage = (image: Record<string, AttributeValue>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, jsonValue(value)]));

/**
 * The record as Lambda would send it. The same record always has the same id.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const toLambdaRecord = (record: SdkRecord, streamArn: string): StreamRecord => {
  const { dynamodb = {}, userIdentity } = record;
  const { Keys = {}, NewImage, OldImage, SequenceNumber = '', SizeBytes = 0, ApproximateCreationDateTime } = dynamodb;
  return {
    eventID: record.eventID ?? SequenceNumber,
    eventName: record.eventName ?? 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streamArn.split(':')[3] ?? '',
    eventSourceARN: streamArn,
    ...(userIdentity && {
      userIdentity: { type: userIdentity.Type ?? '', principalId: userIdentity.PrincipalId ?? '' },
    }),
    dynamodb: {
      ApproximateCreationDateTime: Math.floor((ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
      Keys: jsonImage(Keys),
      ...(NewImage && { NewImage: jsonImage(NewImage) }),
      ...(OldImage && { OldImage: jsonImage(OldImage) }),
      SequenceNumber,
      SizeBytes,
      StreamViewType: dynamodb.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
    },
  };
};
