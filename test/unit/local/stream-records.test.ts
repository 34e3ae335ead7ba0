import { describe, expect, it } from 'vitest';
import { toLambdaRecord } from '../../../local/event-source-mapping/records.ts';
import { STREAM_ARN } from '../../support/fake-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a record of the stream', () => {
  it("becomes Lambda's, with binary values as base64 at any depth", () => {
    const record = toLambdaRecord(
      {
        eventID: 'e1',
        eventName: 'MODIFY',
        dynamodb: {
          ApproximateCreationDateTime: new Date('2026-01-02T03:04:05.678Z'),
          Keys: { pk: { B: bytes('key') } },
          NewImage: {
            list: { L: [{ B: bytes('a') }, { M: { deep: { BS: [bytes('b'), bytes('c')] } } }] },
            count: { N: '12345678901234567890' },
            none: { NULL: true },
            yes: { BOOL: true },
            tags: { SS: ['x', 'y'] },
          },
          SequenceNumber: '100000000000000000001',
          SizeBytes: 42,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
      STREAM_ARN,
    );
    expect(record).toEqual({
      eventID: 'e1',
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: STREAM_ARN,
      dynamodb: {
        ApproximateCreationDateTime: Date.parse('2026-01-02T03:04:05Z') / 1000,
        Keys: { pk: { B: 'a2V5' } },
        NewImage: {
          list: { L: [{ B: 'YQ==' }, { M: { deep: { BS: ['Yg==', 'Yw=='] } } }] },
          count: { N: '12345678901234567890' },
          none: { NULL: true },
          yes: { BOOL: true },
          tags: { SS: ['x', 'y'] },
        },
        SequenceNumber: '100000000000000000001',
        SizeBytes: 42,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  it('has no NewImage when the item is gone, and names the service that removed it', () => {
    const record = toLambdaRecord(
      {
        eventName: 'REMOVE',
        userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
        dynamodb: { Keys: { pk: { S: 'a' } }, OldImage: { pk: { S: 'a' } }, SequenceNumber: '1' },
      },
      STREAM_ARN,
    );
    expect(record.dynamodb).not.toHaveProperty('NewImage');
    expect(record.dynamodb.OldImage).toEqual({ pk: { S: 'a' } });
    expect(record.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' });
  });

  it('survives a trip through JSON unchanged, as on the way to a function', () => {
    const record = toLambdaRecord(
      {
        eventID: 'e1',
        eventName: 'INSERT',
        dynamodb: { Keys: { pk: { S: 'a' } }, NewImage: { b: { B: bytes('x') } } },
      },
      STREAM_ARN,
    );
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});
