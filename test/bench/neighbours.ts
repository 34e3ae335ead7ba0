import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { startEngine } from '../../local/dynamodb/start-engine.ts';
import { MemoryCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import { DynamoStreamSource } from '../../local/event-source-mapping/stream-source.ts';
import { ShardedSource } from '../../local/faults/sharded-source.ts';
import { connectTable } from '../../src/dynamodb/client.ts';
import { realRuntime } from '../../src/runtime/runtime.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import { createStreamFunction } from '../../src/stream/function.ts';
import { Arrivals, seedFollowers } from '../../tools/simulation/arrivals.ts';
import { MAPPING } from '../../tools/simulation/mapping-settings.ts';
import { percentile, printFigure, waitFor } from '../../tools/support/measure.ts';
import { FakeSockets } from '../support/fake-sockets.ts';
import { freshTable, LOCAL_ACCESS } from '../support/real-table.ts';

const FOLLOWERS = Number(process.env.FOLLOWERS ?? 20_000);
const SHARDS = 4;
const AUTHORS = 20;
const SMALL_FOLLOWERS = 20;
const EVERY_MS = 2_000;
const QUIET_MS = 20_000;
const POLL_MS = 250;
/** Nothing throttles here, so each environment gets a pace: sixteen of them leave the engine room for others. */
const WRITES_PER_SECOND = 50;
const WITHIN_MS = 500_000;

/** What small authors notice of a large fan-out: the functions' code and an engine, with shards and lanes as AWS has them. */
const engine = await startEngine({ port: 0 });
const ENVIRONMENT = { AWS_REGION: 'local', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint });
try {
  const { name, streamArn } = await freshTable(engine.endpoint);
  const settings = readSettings({ TABLE_NAME: name, FAN_OUT_WRITES_PER_SECOND: String(WRITES_PER_SECOND) });
  const people = connectTable(name);
  const { thoughts } = createStores({ table: people, settings, runtime: realRuntime });
  const names = Array.from({ length: AUTHORS }, (_, at) => `small_${at}`);
  await seedFollowers(people, 'large', FOLLOWERS, Date.now());
  for (const author of names) await seedFollowers(people, author, SMALL_FOLLOWERS, Date.now());

  let arrivals = new Arrivals(Date.now);
  const see = (record: StreamRecord) => {
    const { NewImage: newImage, OldImage: oldImage } = record.dynamodb;
    arrivals.see({ newImage, oldImage });
    return record;
  };
  /** Each invocation has an environment of its own, with a pace of its own. */
  const idle: ReturnType<typeof createStreamFunction>[] = [];
  const create = () =>
    createStreamFunction({
      settings,
      table: connectTable(name, settings.fanOutRates.writes),
      sockets: new FakeSockets(),
      parking: { park: async (_, error) => Promise.reject(error) },
      runtime: realRuntime,
    });
  const invoke = async (event: { Records: StreamRecord[] }) => {
    const environment = idle.pop() ?? create();
    const endsAt = Date.now() + 60_000;
    try {
      return await environment(event as never, { getRemainingTimeInMillis: () => endsAt - Date.now() } as never);
    } finally {
      idle.push(environment);
    }
  };
  const streams = new DynamoDBStreamsClient({ endpoint: engine.endpoint, ...LOCAL_ACCESS });
  const mapping = new EventSourceMapping({
    source: new ShardedSource(new DynamoStreamSource(streams, streamArn), SHARDS),
    settings: { ...MAPPING, startingPosition: 'LATEST' },
    functionName: 'stream',
    invoke,
    checkpoints: new MemoryCheckpoints(),
    report: (message) => console.warn(message),
    pollMs: POLL_MS,
  });
  // Entries match no filter of the mapping's, so they are seen by a reader of their own.
  const watch = new DynamoStreamSource(streams, streamArn, { mend: see });
  const [shard] = await watch.shards();
  const start = await watch.iterator(shard?.id ?? '', { kind: 'LATEST' });
  let iterator = start.kind === 'iterator' ? start.iterator : undefined;
  let isWatching = true;
  const watching = (async () => {
    while (isWatching && iterator !== undefined) {
      const outcome = await watch.read(iterator);
      if (outcome.kind !== 'records') throw new Error('The stream was lost');
      iterator = outcome.next;
      if (outcome.records.length === 0) await sleep(5);
    }
  })();
  await mapping.start();

  const post = async (author: string, followers: number) => {
    const outcome = await thoughts.create(author, { text: 'A thought' });
    if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
    arrivals.expect(outcome.thought.id, author, followers);
  };
  /** @returns delays of small authors' thoughts until something is over */
  const measure = async (until: () => Promise<unknown>): Promise<number[]> => {
    let isOver = false;
    const posting = names.map(async (author, at) => {
      await sleep((at * EVERY_MS) / AUTHORS);
      for (; !isOver; await sleep(EVERY_MS)) await post(author, SMALL_FOLLOWERS);
    });
    await until();
    isOver = true;
    await Promise.all(posting);
    await waitFor('the last entry', () => arrivals.isAllComplete(), WITHIN_MS);
    return arrivals.delays((author) => author !== 'large');
  };

  await measure(() => sleep(EVERY_MS));
  arrivals = new Arrivals(Date.now);
  const quiet = await measure(() => sleep(QUIET_MS));
  arrivals = new Arrivals(Date.now);
  const busy = await measure(async () => {
    await post('large', FOLLOWERS);
    await waitFor('the large fan-out', () => arrivals.isComplete('large'), WITHIN_MS);
  });
  for (const [which, delays] of Object.entries({ quiet, busy })) {
    printFigure(`neighbours.${which}.p50`, percentile(delays, 50), 'ms');
    printFigure(`neighbours.${which}.p99`, percentile(delays, 99), 'ms');
  }
  printFigure('neighbours.p99_ratio', percentile(busy, 99) / percentile(quiet, 99), 'ratio');
  printFigure('neighbours.large', (arrivals.delays((author) => author === 'large')[0] ?? 0) / 1_000, 's');
  printFigure('neighbours.tasks', arrivals.tasks, '1');
  isWatching = false;
  await mapping.stop();
  await watching;
} finally {
  await engine.stop();
}
process.exit();
