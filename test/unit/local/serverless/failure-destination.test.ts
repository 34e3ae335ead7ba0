import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  destinationNames,
  destinationTo,
  type FailureDestination,
  readDestination,
} from '../../../../local/serverless/failure-destination.ts';

const QUEUE = 'arn:aws:sqs:eu-central-1:000000000000:failed';
const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:app-dev-Topic';

const names = destinationNames(
  {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
    Topic: { Type: 'AWS::SNS::Topic' },
    Bucket: { Type: 'AWS::S3::Bucket' },
  },
  { 'AWS::Region': 'eu-central-1', 'AWS::AccountId': '000000000000', 'AWS::StackName': 'app-dev' },
);

describe('the destination of a stream event', () => {
  it.each<[string, unknown, FailureDestination | undefined]>([
    ['no destination', undefined, undefined],
    ['an ARN', { onFailure: QUEUE }, { type: 'sqs', arn: QUEUE }],
    [
      'a queue of the resources',
      { onFailure: { type: 'sqs', arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
      { type: 'sqs', arn: QUEUE },
    ],
    ['a topic of the resources', { onFailure: { type: 'sns', arn: { Ref: 'Topic' } } }, { type: 'sns', arn: TOPIC }],
    [
      'a queue of another stack',
      { onFailure: { type: 'sqs', arn: { Ref: 'Theirs' } } },
      { type: 'sqs', arn: 'arn:aws:sqs:::Theirs' },
    ],
  ])('is read: %s', (_what, destinations, expected) => {
    expect(readDestination(destinations, names)).toEqual(expected);
  });

  it.each([
    ['arn:aws:s3:::bucket', 'neither a queue nor a topic'],
    [`${QUEUE}.fifo`, "can't be FIFO"],
  ])('is refused, as by Lambda: %s', (onFailure, reason) => {
    expect(() => readDestination({ onFailure }, names)).toThrow(reason);
  });
});

describe('a message about records that were given up', () => {
  const condition = { requestContext: { condition: 'RetryAttemptsExhausted' } };
  const body = JSON.stringify({ ...condition, payload: 'the records' });
  let folder: string;
  const reports: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'destinations-'));
    reports.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const runtime = (at: string | undefined) => ({
    folder: at,
    report: (message: string) => reports.push(message),
    now: () => Date.parse('2026-01-02T03:04:05Z'),
    newId: () => 'id',
  });
  const linesOf = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('to a queue is a line of its file, as a receiver sees it, without the records', async () => {
    const destination = destinationTo({ type: 'sqs', arn: QUEUE }, runtime(folder));
    await destination({ key: 'k', body });
    await destination({ key: 'k', body });
    const message = {
      MessageId: 'id',
      MD5OfBody: expect.stringMatching(/^[\da-f]{32}$/),
      Body: JSON.stringify(condition),
    };
    expect(linesOf('failed.jsonl')).toEqual([message, message]);
  });

  it('to a topic is its notification', async () => {
    await destinationTo({ type: 'sns', arn: TOPIC }, runtime(folder))({ key: 'k', body });
    expect(linesOf('app-dev-Topic.jsonl')).toEqual([
      {
        Type: 'Notification',
        MessageId: 'id',
        TopicArn: TOPIC,
        Message: JSON.stringify(condition),
        Timestamp: '2026-01-02T03:04:05.000Z',
      },
    ]);
  });

  it('is only reported when there is no folder', async () => {
    await destinationTo({ type: 'sqs', arn: QUEUE }, runtime(undefined))({ key: 'k', body });
    expect(reports).toEqual([`To ${QUEUE}: ${JSON.stringify(condition)}`]);
  });
});
