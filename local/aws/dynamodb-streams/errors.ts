import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';

const clientFault = (name: string, message: string) =>
  new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html#API_streams_GetRecords_Errors */
export const expiredIterator = () =>
  clientFault('ExpiredIteratorException', 'The shard iterator has expired: it holds for 15 minutes');

export const trimmed = () =>
  clientFault('TrimmedDataAccessException', 'The operation attempted to read past the oldest stream record in a shard');

export const streamNotFound = (arn: string) =>
  clientFault('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);

export const shardNotFound = (arn: string, shard: string) =>
  clientFault('ResourceNotFoundException', `Requested resource not found: Shard: ${shard} in Stream: ${arn} not found`);

export const invalid = (message: string) => clientFault('ValidationException', message);
