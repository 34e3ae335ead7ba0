import { createHash } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Destination } from '../event-source-mapping/destination.ts';
import { type Names, resolveValue } from './cloudformation.ts';
import type { Resource } from './types.ts';

/** A queue or a topic that is told of records that are given up. */
export interface FailureDestination {
  type: 'sqs' | 'sns';
  arn: string;
}

const TYPES: Record<string, FailureDestination['type']> = { 'AWS::SQS::Queue': 'sqs', 'AWS::SNS::Topic': 'sns' };

/** The values of `Ref` and `Fn::GetAtt` that are ARNs of the queues and topics among a service's resources. */
export const destinationNames = (resources: Record<string, Resource>, pseudo: Names): Names =>
  Object.fromEntries(
    Object.entries(resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const type = TYPES[Type];
      if (!type) return [];
      const given = resolveValue(Properties.QueueName ?? Properties.TopicName, pseudo);
      const generated = `${pseudo['AWS::StackName']}-${logicalId}`;
      const name = given.kind === 'value' && given.value !== undefined ? given.value : generated;
      const arn = `arn:aws:${type}:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:${name}`;
      return type === 'sqs'
        ? [[`${logicalId}.Arn`, arn]]
        : [
            [logicalId, arn],
            [`${logicalId}.TopicArn`, arn],
          ];
    }),
  );

/**
 * The queue or topic in the `destinations` of a stream event; undefined when there is none.
 * @throws Error for a FIFO queue or topic, which Lambda refuses, and for an ARN that is neither a queue's nor a topic's
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export const readDestination = (destinations: unknown, names: Names): FailureDestination | undefined => {
  const { onFailure } = (destinations ?? {}) as { onFailure?: string | { arn: unknown; type?: string } };
  if (onFailure === undefined) return undefined;
  const { arn: value, type } = typeof onFailure === 'string' ? { arn: onFailure } : onFailure;
  const resolved = resolveValue(value, names);
  // Only a deployment knows the ARN. The message can be read all the same.
  const arn = resolved.kind === 'value' ? String(resolved.value) : `arn:aws:${type}:::${resolved.what}`;
  const service = arn.split(':')[2];
  if (service !== 'sqs' && service !== 'sns') throw new Error(`The destination ${arn} is neither a queue nor a topic`);
  if (arn.endsWith('.fifo')) throw new Error(`The destination ${arn} can't be FIFO: Lambda takes standard ones only`);
  return { type: service, arn };
};

/** What surrounds a destination. */
export interface DestinationRuntime {
  /** Gets a file for each queue and topic. Without it messages are only reported. */
  folder: string | undefined;
  report: (message: string) => void;
  now: () => number;
  newId: () => string;
}

/**
 * Writes the message that a queue or a topic would get about records that are given up: a line of JSON, to a file with the name
 * of the queue or topic. It has no records, as on AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const destinationTo =
  (destination: FailureDestination, { folder, report, now, newId }: DestinationRuntime): Destination =>
  async ({ body }) => {
    const { payload: _, ...content } = JSON.parse(body);
    const text = JSON.stringify(content);
    report(`To ${destination.arn}: ${text}`);
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    const line = JSON.stringify(messageOf(destination, text, now(), newId()));
    await appendFile(join(folder, `${destination.arn.split(':').at(-1)}.jsonl`), `${line}\n`);
  };

/**
 * A message as a receiver sees it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html,
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
const messageOf = ({ type, arn }: FailureDestination, text: string, now: number, id: string): object =>
  type === 'sqs'
    ? { MessageId: id, MD5OfBody: createHash('md5').update(text).digest('hex'), Body: text }
    : { Type: 'Notification', MessageId: id, TopicArn: arn, Message: text, Timestamp: new Date(now).toISOString() };
