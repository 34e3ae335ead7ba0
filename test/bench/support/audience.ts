import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { FanOut, type FanOutSettings } from '../../../src/fan-out/fan-out.ts';
import { type TaskItem, type ThoughtChange, toTask } from '../../../src/fan-out/task.ts';
import type { Delivery } from '../../../src/follows/edge.ts';
import { keys, lists } from '../../../src/keys/keys.ts';
import { PushBuffer } from '../../../src/push/push-buffer.ts';
import { realRuntime } from '../../../src/runtime/runtime.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStores } from '../../../src/stores.ts';
import type { Table } from '../../../src/table/table.ts';
import { withTasks } from './tasks.ts';

const TASKS_AT_ONCE = 2;
const settings: FanOutSettings = { pageSize: 1_000, width: 16 };
const DAY = 86_400_000;

export interface World {
  client: DynamoDBClient;
  table: Table;
  name: string;
}

let knownReaders = 0;
const readerName = (at: number): string => `reader_${at}`;

/** Followers, all seen lately. Readers who have been an audience before are known already. */
export const seedAudience = async (
  table: Table,
  author: string,
  size: number,
  delivery: Delivery = 'entry',
): Promise<void> => {
  const now = Date.now();
  for (let start = 0; start < size; start += 2_000) {
    const numbers = Array.from({ length: Math.min(2_000, size - start) }, (_, at) => start + at);
    const edges = numbers.map((at) => {
      const edge = { muted: false, since: now, delivery, warmFrom: now };
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
export const postOnce = async ({ table, name }: World, author: string): Promise<ThoughtChange> => {
  const { thoughts } = createStores({ table, settings: readSettings({ TABLE_NAME: name }) });
  const outcome = await thoughts.create(author, { text: 'To all' });
  if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
  const { id, version, createdAt } = outcome.thought;
  return { author, id, version, at: createdAt };
};

/** The processor: the thought, then its tasks, a few at a time as the mapping would have them. */
export const fanOutOnce = async ({ table, name }: World, change: ThoughtChange): Promise<void> => {
  const { table: tapped, take } = withTasks(table);
  const stores = createStores({ table: tapped, settings: readSettings({ TABLE_NAME: name }) });
  const fanOut = new FanOut({ ...stores, table: tapped, runtime: realRuntime, settings });
  const invocation = () => ({ pushBuffer: new PushBuffer(), hasTime: () => true, deadline: Number.POSITIVE_INFINITY });
  await fanOut.handle({ kind: 'thought', change, topicsBefore: [] }, invocation());
  for (;;) {
    const tasks = take();
    if (tasks.length === 0) return;
    const handle = (item: TaskItem) => {
      const { pk, sk, expiresAt } = item;
      return fanOut.handle({ kind: 'task', key: { pk, sk }, task: toTask(item), expiresAt }, invocation());
    };
    await pMap(tasks, handle, { concurrency: TASKS_AT_ONCE });
  }
};

/** The same reads and writes, bare: the edges, the presence; for entries these, and the presence again. */
export const bareOnce = async (
  { client, name }: World,
  author: string,
  delivery: Delivery = 'entry',
): Promise<void> => {
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
  await pMap(pages, (names) => bareChunk({ client, name }, names, delivery === 'entry' && { author, id }), {
    concurrency: TASKS_AT_ONCE,
  });
};

const bareChunk = async (
  { client, name }: Pick<World, 'client' | 'name'>,
  names: string[],
  entry: { author: string; id: string } | false,
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
  if (!entry) return;
  await pMap(
    slices(25),
    (part) => {
      const requests = part.map((reader) => ({
        PutRequest: {
          Item: marshall({
            ...keys.timelineEntry(reader, entry.id),
            type: 'timeline-entry',
            author: entry.author,
            expiresAt: 1,
          }),
        },
      }));
      return client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }));
    },
    { concurrency: 8 },
  );
  await present();
};

export const time = async (work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
};

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
