import { describe, expect, it } from 'vitest';
import { createDynamoDbClient } from '../../../local/aws/dynamodb/client.ts';
import { DynamoDbEngine } from '../../../local/aws/dynamodb/engine.ts';
import { AWS_RULES } from '../../../local/aws/dynamodb/rules.ts';
import { DynamoDbService } from '../../../local/aws/dynamodb/service.ts';
import { ON_DEMAND } from '../../../local/aws/dynamodb/throttles.ts';
import { createTableInput } from '../../../local/dynamodb/create-table.ts';
import { tableResource } from '../../../local/dynamodb/table-resource.ts';
import { seededRandom } from '../../../local/faults/random.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../../src/dynamodb/sdk-dynamo-db.ts';
import { VirtualTime } from '../../../tools/simulation/virtual-time.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, post, times, type World } from '../../support/world.ts';

const TABLE = 'thoughts';
/** The first second's units lie in the buckets; the others are what a key takes for as long as one likes. */
const SECONDS = 2;
const REACTIONS_A_SECOND = 1_000;
const REPLIES_A_SECOND = 300;
/** A request takes some 60 ms, so that so many environments answer 1,300 a second. */
const ENVIRONMENTS = 80;
/** A table that has grown: transactions double what they write. What one partition key takes never grows. */
const THROUGHPUT = { ...ON_DEMAND, tableWrites: 40_000, tableReads: 40_000 };

/** Environments of the HTTP function on one table by AWS's rules, each with a memory of its own. */
const setUp = async () => {
  const time = new VirtualTime(Date.parse('2026-01-02T03:04:05.000Z'));
  let count = 0;
  const newId = () => `token-${++count}`;
  const around = (seed: number) => ({ now: time.now, sleep: time.sleep, random: seededRandom(seed), newId });
  const engine = new DynamoDbEngine({ historyMs: AWS_RULES.replicaLagMs, onRecord: () => {} });
  const rules = { ...AWS_RULES, throughput: THROUGHPUT };
  const service = new DynamoDbService(engine, rules, around(1));
  engine.execute('CreateTable', createTableInput(tableResource(), TABLE), {
    now: time.now(),
  });
  const environment = (at: number): World => {
    const ids = new TestRuntime(time.now(), at + 100);
    const runtime = Object.assign(ids, { now: time.now, sleep: time.sleep });
    const client = createDynamoDbClient(service, around(at + 100), { maxAttempts: 5 });
    return createWorld(new DynamoTable({ dynamoDb: throughSdk(client), name: TABLE, runtime }), {}, runtime);
  };
  return { time, worlds: times(ENVIRONMENTS, environment) };
};

describe('a thought that everybody reacts to and answers at once', { timeout: 120_000 }, () => {
  it('takes 1,000 reactions and 300 replies a second without an error, and counts them', async () => {
    const { time, worlds } = await setUp();
    const world = (at: number) => worlds[at % ENVIRONMENTS] as World;
    const run = async <T>(work: Promise<T>): Promise<T> => {
      await time.runUntilDone(work, time.now() + 600_000);
      return work;
    };
    const target = await run(post(world(0), 'alice'));
    await time.runUntil(time.now() + AWS_RULES.replicaLagMs);
    const errors: unknown[] = [];
    const took: number[] = [];
    const request = async (afterMs: number, work: () => Promise<unknown>) => {
      await time.sleep(afterMs);
      const startedAt = time.now();
      await work().catch((error) => errors.push(error));
      took.push(time.now() - startedAt);
    };
    const [reactions, replies] = [SECONDS * REACTIONS_A_SECOND, SECONDS * REPLIES_A_SECOND];
    const reference = { author: target.author, id: target.id };
    await run(
      Promise.all([
        ...times(reactions, (at) =>
          request((at * 1000) / REACTIONS_A_SECOND, () => world(at).reactions.react(`fan_${at}`, reference, 'like')),
        ),
        ...times(replies, (at) =>
          request((at * 1000) / REPLIES_A_SECOND, () =>
            post(world(at), `reader_${at}`, 'I agree', { inReplyTo: reference }),
          ),
        ),
      ]),
    );
    expect(errors).toEqual([]);
    expect(await run(world(1).thoughts.counts(target.id))).toEqual({ reactions, replies });
    const slow = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0;
    // API Gateway gives a request 30 s, our function 10.
    expect(slow).toBeLessThan(5_000);
    if (process.env.SHOW) console.log(`p50 ${took[took.length >> 1]} ms, p99 ${slow} ms, longest ${took.at(-1)} ms`);
  });
});
