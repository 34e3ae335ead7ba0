import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../../../../local/aws/dynamodb/client.ts';
import * as errors from '../../../../../local/aws/dynamodb/errors.ts';
import { timeoutError } from '../../../../../local/aws/dynamodb/service.ts';

const FAULTS = {
  throttled: errors.throttled(),
  inProgress: errors.transactionInProgress(),
  internal: errors.internalError(),
  timeout: timeoutError(5_000),
  conflict: errors.transactionConflict(),
  condition: errors.conditionFailed(),
  invalid: errors.validation('No'),
};
type Fault = keyof typeof FAULTS;
const INPUT = { TableName: 'thoughts', Key: { pk: { S: 'a' }, sk: { S: 'b' } } };
const CHANCE = 0.5;

/** What came of the requests, and how long the client waited before each repeat, in milliseconds. */
interface Outcome {
  answers: string[];
  waits: number[];
}

/** Every request meets its faults one after the other, and then succeeds. */
type Requests = Fault[][];

const nameOf = (error: unknown) => (error as Error).name;

/** What DynamoDB sends over the wire for a fault, or an answer without an item. */
const responseOf = (fault: Fault | undefined) => {
  const error = fault && FAULTS[fault];
  if (error?.name === 'TimeoutError') throw error;
  const { httpStatusCode: statusCode = 400 } = (error as { $metadata?: { httpStatusCode?: number } })?.$metadata ?? {};
  const body = error ? { __type: `com.amazonaws.dynamodb.v20120810#${error.name}`, message: error.message } : {};
  return {
    response: {
      statusCode: error ? statusCode : 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Buffer.from(JSON.stringify(body)),
    },
  };
};

/** The SDK's own client with its own strategy; of that, only the chance is given and the waiting left out. */
const bySdk = async (requests: Requests, maxAttempts: number | undefined): Promise<Outcome> => {
  let left: Fault[] = [];
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...(maxAttempts !== undefined && { maxAttempts }),
    requestHandler: { handle: async () => responseOf(left.shift()) } as never,
  });
  const waits: number[] = [];
  let base = 0;
  const strategy = (await client.config.retryStrategy()) as unknown as { retryBackoffStrategy: object };
  strategy.retryBackoffStrategy = {
    setDelayBase: (ms: number) => {
      base = ms;
    },
    computeNextBackoffDelay: (retries: number) => {
      waits.push(Math.floor(CHANCE * Math.min(base * 2 ** retries, 20_000)));
      return 0;
    },
  };
  const answers: string[] = [];
  for (const faults of requests) {
    left = [...faults];
    answers.push(await client.send(new GetItemCommand(INPUT)).then(() => 'answered', nameOf));
  }
  return { answers, waits };
};

const bySimulation = async (requests: Requests, maxAttempts: number | undefined): Promise<Outcome> => {
  let left: Fault[] = [];
  const waits: number[] = [];
  const execute = async () => {
    const fault = left.shift();
    if (fault) throw FAULTS[fault];
    return {} as never;
  };
  const runtime = {
    now: () => 0,
    sleep: async (ms: number) => void waits.push(ms),
    random: () => CHANCE,
    newId: () => 'id',
  };
  const { call } = createDynamoDbClient({ execute }, runtime, { ...(maxAttempts !== undefined && { maxAttempts }) });
  const answers: string[] = [];
  for (const faults of requests) {
    left = [...faults];
    answers.push(await call('GetItem', INPUT).then(() => 'answered', nameOf));
  }
  return { answers, waits };
};

const bothWays = async (requests: Requests, maxAttempts?: number) => {
  const simulated = await bySimulation(requests, maxAttempts);
  expect(simulated).toEqual(await bySdk(requests, maxAttempts));
  return simulated;
};

describe('the simulated client', () => {
  it('repeats what the SDK repeats, as often and after the same time', async () => {
    const fault = fc.constantFrom(...(Object.keys(FAULTS) as Fault[]));
    const requests = fc.array(fc.array(fault, { maxLength: 6 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom(undefined, 1, 5), async (faults, attempts) => {
        await bothWays(faults, attempts);
      }),
      { numRuns: 40 },
    );
  });

  it('tries four times by default, and waits longer after a throttle than after a fault', async () => {
    const { answers, waits } = await bothWays([Array(4).fill('throttled'), Array(3).fill('internal')]);
    expect(answers).toEqual(['ProvisionedThroughputExceededException', 'answered']);
    expect(waits).toEqual([500, 1_000, 2_000, 12, 25, 50]);
  });

  it('gives up at the first fault once the quota of retries is used up', async () => {
    // 500 tokens, of which a server fault takes 14: so many retries, and one more is refused.
    const { answers, waits } = await bothWays(
      Array.from({ length: 13 }, () => Array<Fault>(4).fill('internal')),
      4,
    );
    expect(waits).toHaveLength(Math.floor(500 / 14));
    expect(answers.at(-1)).toBe('InternalServerError');
  });
});
