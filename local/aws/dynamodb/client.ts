import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { type Input, isOperation, type Operation } from './engine.ts';
import { validation } from './errors.ts';
import { RetryQuota, retryableOf, retryDelayMs } from './sdk-retries.ts';
import type { DynamoDbService } from './service.ts';
import type { Usage } from './usage.ts';

const DEFAULT_ATTEMPTS = 3;

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
  const quota = new RetryQuota();
  const send = async (command: Command): Promise<object> => {
    const operation = operationOf(command);
    const input = withToken(operation, command.input, runtime) as Input<typeof operation>;
    let cost: number | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await service.execute(operation, input, usage);
        quota.succeeded(cost);
        return { $metadata: { httpStatusCode: 200, attempts: attempt }, ...output };
      } catch (error) {
        const kind = retryableOf(error);
        cost = kind && attempt < maxAttempts ? quota.take(kind) : undefined;
        if (!kind || cost === undefined) throw error;
        await runtime.sleep(retryDelayMs(kind, attempt - 1, runtime.random()));
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
