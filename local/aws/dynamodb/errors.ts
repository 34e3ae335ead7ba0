import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  IdempotentParameterMismatchException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import type { Attributes } from './types.ts';

const CLIENT_FAULT = { $metadata: { httpStatusCode: 400 } };

/**
 * The SDK has no class of its own for it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export const validation = (message: string) =>
  new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', message, ...CLIENT_FAULT });

/** A request that isn't of the operation's form. */
export const serialization = (message: string) =>
  new DynamoDBServiceException({ name: 'SerializationException', $fault: 'client', message, ...CLIENT_FAULT });

export const isValidation = (error: unknown): error is Error =>
  error instanceof DynamoDBServiceException && error.name === 'ValidationException';

/** @param Item the stored item, when ReturnValuesOnConditionCheckFailure asks for it */
export const conditionFailed = (Item?: Attributes) =>
  new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    ...(Item && { Item }),
    ...CLIENT_FAULT,
  });

export const tableNotFound = () =>
  new ResourceNotFoundException({ message: 'Cannot do operations on a non-existent table', ...CLIENT_FAULT });

export const resourceNotFound = (message = 'Requested resource not found') =>
  new ResourceNotFoundException({ message, ...CLIENT_FAULT });

export const tableInUse = () =>
  new ResourceInUseException({ message: 'Cannot create preexisting table', ...CLIENT_FAULT });

export const transactionCancelled = (CancellationReasons: CancellationReason[]) =>
  new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${CancellationReasons.map(({ Code }) => Code).join(', ')}]`,
    CancellationReasons,
    ...CLIENT_FAULT,
  });

export const transactionConflict = () =>
  new TransactionConflictException({ message: 'Transaction is ongoing for the item', ...CLIENT_FAULT });

export const transactionInProgress = () =>
  new TransactionInProgressException({
    message: 'The transaction with the given request token is already in progress.',
    ...CLIENT_FAULT,
  });

export const tokenMismatch = () =>
  new IdempotentParameterMismatchException({
    message: 'DynamoDB rejected the request because the token was used with other parameters',
    ...CLIENT_FAULT,
  });

/** A single request past the capacity of the table, one of its keys, or an index. */
export const throttled = (indexName?: string) =>
  new ProvisionedThroughputExceededException({
    message: indexName === undefined ? TABLE_THROTTLED : INDEX_THROTTLED,
    ...CLIENT_FAULT,
  });

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const TABLE_THROTTLED =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html.';
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const INDEX_THROTTLED =
  'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly.';

export const internalError = () =>
  new InternalServerError({ message: 'Internal server error', $metadata: { httpStatusCode: 500 } });
