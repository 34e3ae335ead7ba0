import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { type Input, isOperation, type Operation } from './engine.ts';
import { validation } from './errors.ts';
import type { DynamoDbService } from './service.ts';
import type { Usage } from './usage.ts';

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const BASE_MS = 100;
const CAP_MS = 20_000;
const DEFAULT_ATTEMPTS = 3;

/** What the SDK repeats by itself: throttles, passing faults, and what didn't come back in time. */
const THROTTLES = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const PASSING = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException', 'IDPCommunicationError']);
const STATUSES = new Set([500, 502, 503, 504]);

/** Whether the SDK's standard mode sends a request again after this error. */
export const isRetryable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return THROTTLES.has(error.name) || PASSING.has(error.name) || STATUSES.has($metadata?.httpStatusCode ?? 0);
};

export interface ClientOptions {
  /** The first try included. */
  maxAttempts?: number;
  /** Counts what this client's requests use. */
  usage?: Usage;
}

interface Command {
  input: object;
}

/**
 * Stands in for the SDK's client where only `send` is used: a command's class tells the operation.
 * A transaction without a ClientRequestToken gets one, as the SDK gives it, and keeps it when it is repeated.
 */
export const createDynamoDbClient = (
  service: Pick<DynamoDbService, 'execute'>,
  runtime: Runtime,
  { maxAttempts = DEFAULT_ATTEMPTS, usage }: ClientOptions = {},
): Pick<DynamoDBClient, 'send' | 'destroy'> => {
  const send = async (command: Command): Promise<object> => {
    const operation = operationOf(command);
    const input = withToken(operation, command.input, runtime) as Input<typeof operation>;
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await service.execute(operation, input, usage);
        return { $metadata: { httpStatusCode: 200, attempts: attempt }, ...output };
      } catch (error) {
        if (attempt >= maxAttempts || !isRetryable(error)) throw error;
        await runtime.sleep(Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1)) * runtime.random());
      }
    }
  };
  return { send: send as DynamoDBClient['send'], destroy: () => {} };
};

const operationOf = (command: Command): Operation => {
  const name = command.constructor.name.replace(/Command$/, '');
  if (!isOperation(name)) throw validation(`This engine does not know the operation ${name}`);
  return name;
};

const withToken = (operation: Operation, input: object, runtime: Runtime): object => {
  if (operation !== 'TransactWriteItems') return input;
  const { ClientRequestToken = runtime.newId() } = input as { ClientRequestToken?: string };
  return { ...input, ClientRequestToken };
};
