import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { engineKind, startEngine } from '../../local/dynamodb/engine.ts';
import { freePort } from '../../local/ports.ts';
import { FanOut, type FanOutSettings } from '../../src/fan-out/fan-out.ts';
import { type TaskItem, type ThoughtChange, toDelivery } from '../../src/fan-out/task.ts';
import { Outbox } from '../../src/push/outbox.ts';
import { realRuntime } from '../../src/runtime.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import { keys, lists } from '../../src/table/keys.ts';
import type { Table } from '../../src/table/table.ts';
import { printFigure } from '../../tools/support/measure.ts';
import { MeteredTable } from '../support/metered-table.ts';
import { freshTable } from '../support/real-table.ts';
import { withTasks } from './support/tasks.ts';

const AUDIENCES = [10, 100, 1_000, 10_000, 100_000];
const COMPARED = 5_000;
const METERED = 1_000;
const ROUNDS = 2;
const TASKS_AT_ONCE = 2;
const settings: FanOutSettings = { pageSize: 1_000, width: 16 };
const DAY = 86_400_000;

interface World {
  client: DynamoDBClient;
  table: Table;
  name: string;
}

let knownReaders = 0;
const readerName = (at: number): string => `reader_${at}`;

/** Followers, all seen lately. Readers who have been an audience before are known already. */
const seedAudience = async (table: Table, author: string, size: number): Promise<void> => {
  const now = Date.now();
  for (let start = 0; start < size; start += 2_000) {
    const numbers = Array.from({ length: Math.min(2_000, size - start) }, (_, at) => start + at);
    const edges = numbers.map((at) => {
      const edge = { muted: false, since: now, delivery: 'entry', warmFrom: now };
      return { put: { ...keys.follower(author, readerName(at)), type: 'follower', ...edge } };
    });
    const present = numbers.slice(Math.max(0, knownReaders - start)).map((at) => {
      const entries = { entriesFrom: now, entriesUntil: now + 30 * DAY };
      const presence = { username: readerName(at), ...entries, connections: [], version: 1 };
      return { put: { ...keys.presence(presence.username), type: 'presence', ...presence } };
    });
    await table.batchWrite([...edges, ...present]);
  }
  knownReaders = Math.max(knownReaders, size);
};

/** Stores a thought, and gives the change that the stream would tell. */
const postOnce = async ({ table, name }: World, author: string): Promise<ThoughtChange> => {
  const { thoughts } = createStores(table, readSettings({ TABLE_NAME: name }));
  const outcome = await thoughts.create(author, { text: 'To all' });
  if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
  const { id, version, createdAt } = outcome.thought;
  return { author, id, version, at: createdAt };
};

/** The processor: the thought, then its tasks, a few at a time as the mapping would have them. */
const fanOutOnce = async ({ table, name }: World, change: ThoughtChange): Promise<void> => {
  const { table: tapped, take } = withTasks(table);
  const stores = createStores(tapped, readSettings({ TABLE_NAME: name }));
  const fanOut = new FanOut({ ...stores, table: tapped, runtime: realRuntime, settings });
  const invocation = () => ({ outbox: new Outbox(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY });
  await fanOut.handle({ kind: 'thought', change, topicsBefore: [] }, invocation());
  for (;;) {
    const tasks = take();
    if (tasks.length === 0) return;
    const handle = (task: TaskItem) =>
      fanOut.handle({ kind: 'task', key: task, delivery: toDelivery(task) }, invocation());
    await pMap(tasks, handle, { concurrency: TASKS_AT_ONCE });
  }
};

/** The same reads and writes, bare: the edges, the presence before and after, the entries. */
const bareOnce = async ({ client, name }: World, author: string): Promise<void> => {
  const id = realRuntime.newId();
  const pages: string[][] = [];
  let start: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: lists.followers(author).pk } },
        ConsistentRead: true,
        Limit: 500,
        ExclusiveStartKey: start,
      }),
    );
    pages.push((page.Items ?? []).map(({ sk }) => sk?.S?.slice(sk.S.indexOf('#') + 1) ?? ''));
    start = page.LastEvaluatedKey;
  } while (start);
  await pMap(pages, (names) => bareChunk({ client, name }, names, author, id), { concurrency: TASKS_AT_ONCE });
};

const bareChunk = async (
  { client, name }: Pick<World, 'client' | 'name'>,
  names: string[],
  author: string,
  id: string,
): Promise<void> => {
  const slices = (size: number) =>
    Array.from({ length: Math.ceil(names.length / size) }, (_, at) => names.slice(at * size, (at + 1) * size));
  const present = () =>
    pMap(
      slices(100),
      (part) => {
        const Keys = part.map((reader) => marshall(keys.presence(reader)));
        return client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } }));
      },
      { concurrency: 8 },
    );
  await present();
  await pMap(
    slices(25),
    (part) => {
      const requests = part.map((reader) => ({
        PutRequest: {
          Item: marshall({ ...keys.timelineEntry(reader, id), type: 'timeline-entry', author, expiresAt: 1 }),
        },
      }));
      return client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
    },
    { concurrency: 8 },
  );
  await present();
};

const time = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
try {
  const world: World = await freshTable(engine.endpoint);
  await seedAudience(world.table, 'warm', 2_000);
  await fanOutOnce(world, await postOnce(world, 'warm'));
  await bareOnce(world, 'warm');

  for (const size of AUDIENCES) {
    const author = `author_${size}`;
    await seedAudience(world.table, author, size);
    const change = await postOnce(world, author);
    global.gc?.();
    const seconds = await time(() => fanOutOnce(world, change));
    printFigure(`fan_out.seconds_${size}`, seconds, 's');
    printFigure(`fan_out.entries_per_second_${size}`, size / seconds, '1/s');
    printFigure(`fan_out.memory_${size}`, process.memoryUsage().rss / 2 ** 20, 'MiB');
  }

  const author = 'compared';
  await seedAudience(world.table, author, COMPARED);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, so that whatever else the machine does hits both.
    const change = await postOnce(world, author);
    ours.push(await time(() => fanOutOnce(world, change)));
    bare.push(await time(() => bareOnce(world, author)));
  }
  printFigure('fan_out.bare_entries_per_second', COMPARED / median(bare), '1/s');
  printFigure('fan_out.ratio_vs_bare', median(bare) / median(ours), 'ratio');
  const metered = new MeteredTable(world.table);
  const change = await postOnce(world, `author_${METERED}`);
  await fanOutOnce({ ...world, table: metered }, change);
  printFigure('fan_out.write_units_per_follower', metered.writes / METERED, 'WCU');
  printFigure('fan_out.read_units_per_follower', metered.reads / METERED, 'RCU');
} finally {
  await engine.stop();
}
