import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { type Input, isOperation, type Operation, type Output } from './engine.ts';
import { validation } from './errors.ts';
import { RetryQuota, retryableOf, retryDelayMs } from './sdk-retries.ts';
import type { DynamoDbService } from './service.ts';
import type { Usage } from './usage.ts';

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const DEFAULT_ATTEMPTS = 4;

export interface ClientOptions {
  /** The first try included; by default as many as the SDK's client of DynamoDB makes. */
  maxAttempts?: number;
  /** Counts what this client's requests use. */
  usage?: Usage;
}

interface Command {
  input: object;
}

/** DynamoDB as a caller has it behind the SDK's retries. */
export interface SimulatedClient extends Pick<DynamoDBClient, 'send' | 'destroy'> {
  /**
   * The same request without a command around it.
   * @throws DynamoDBServiceException, or a TimeoutError, when no try is left
   */
  call<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>>;
}

/**
 * Stands in for the SDK's client where only `send` is used: a command's class tells the operation.
 * A transaction without a ClientRequestToken gets one, as the SDK gives it, and keeps it when it is repeated.
 */
export const createDynamoDbClient = (
  service: Pick<DynamoDbService, 'execute'>,
  runtime: Runtime,
  { maxAttempts = DEFAULT_ATTEMPTS, usage }: ClientOptions = {},
): SimulatedClient => {
  const quota = new RetryQuota();
  const call = async <O extends Operation>(operation: O, given: Input<O>): Promise<Output<O>> => {
    const input = withToken(operation, given, runtime);
    let cost: number | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await service.execute(operation, input, usage);
        quota.succeeded(cost);
        return output;
      } catch (error) {
        const kind = retryableOf(error);
        cost = kind && attempt < maxAttempts ? quota.take(kind) : undefined;
        if (!kind || cost === undefined) throw error;
        await runtime.sleep(retryDelayMs(kind, attempt - 1, runtime.random()));
      }
    }
  };
  const send = async (command: Command): Promise<object> => ({
    $metadata: { httpStatusCode: 200 },
    ...(await call(operationOf(command), command.input)),
  });
  return { call, send: send as DynamoDBClient['send'], destroy: () => {} };
};

const operationOf = (command: Command): Operation => {
  const name = command.constructor.name.replace(/Command$/, '');
  if (!isOperation(name)) throw validation(`This engine does not know the operation ${name}`);
  return name;
};

const withToken = <O extends Operation>(operation: O, input: Input<O>, runtime: Runtime): Input<O> => {
  if (operation !== 'TransactWriteItems') return input;
  const { ClientRequestToken = runtime.newId() } = input as { ClientRequestToken?: string };
  return { ...input, ClientRequestToken };
};
