import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { DynamoDb } from '../../../src/dynamodb/dynamo-db.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { createStores } from '../../../src/stores.ts';
import { AGAIN, done, retryOnConflict } from '../../../src/table/optimistic.ts';
import { TableBusyError } from '../../../src/table/table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { SETTINGS } from '../../support/world.ts';

/** After this the function that answers a request times out, and the caller is told nothing. */
const REQUEST_MS = 10_000;

const cancelled = (Code: string) =>
  new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: [{ Code }] });

const runtimeWith = (random: number) => {
  const runtime = new TestRuntime();
  runtime.random = () => random;
  return runtime;
};

describe('a change that others are always in the way of', () => {
  it.each([0, 0.5, 0.999])('is answered as busy in time, with random waits of %d of the longest', async (random) => {
    const runtime = runtimeWith(random);
    let count = 0;
    const dynamoDb = {
      call: async (operation: string) => {
        // A request of DynamoDB takes this long.
        runtime.pass(10);
        if (operation !== 'TransactWriteItems') return {};
        // The worst: the transaction meets others eleven times, and at last the head has moved on.
        throw cancelled(++count % 12 === 0 ? 'ConditionalCheckFailed' : 'TransactionConflict');
      },
    } as unknown as DynamoDb;
    const table = new DynamoTable({ dynamoDb, name: 'test', runtime });
    const { thoughts } = createStores({ table, settings: SETTINGS, runtime });
    const begunAt = runtime.now();
    await expect(thoughts.create('alice', { text: 'Hello', topics: [] })).rejects.toBeInstanceOf(TableBusyError);
    expect(runtime.now() - begunAt).toBeLessThan(REQUEST_MS - 1_500);
  });

  it('is made when they let it through', async () => {
    const runtime = runtimeWith(0.5);
    let tries = 0;
    const made = retryOnConflict({ runtime, tries: 30, busy: 'busy' }, async () =>
      ++tries < 10 ? AGAIN : done(tries),
    );
    expect(await made).toBe(10);
    expect(runtime.waits.length).toBe(9);
  });
});
