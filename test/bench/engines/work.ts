import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Contender } from './contender.ts';

type World = Contender['world'];
type Item = NonNullable<PutItemCommandInput['Item']>;

/** So many requests are under way at a time. */
const SIDE_BY_SIDE = 16;
const KEYS = 10_000;
const PER_BATCH = 25;
const PER_TRANSACTION = 4;
const TEXT = 'A thought of a usual length, which says something about the weather. '.repeat(4);

const keyOf = (at: number): Item => ({ pk: { S: `USER#${at % 100}` }, sk: { S: `THOUGHT#${at % KEYS}` } });
const itemOf = (at: number): Item => ({
  ...keyOf(at),
  type: { S: 'thought' },
  text: { S: TEXT },
  version: { N: String(at) },
});

const puts = (at: number, count: number, TableName: string) =>
  Array.from({ length: count }, (_, n) => ({ Put: { TableName, Item: itemOf(at * count + n) } }));

/** One request of each kind; the number makes it another item. */
export const REQUESTS = {
  writes: ({ client, name: TableName }: World, at: number) =>
    client.send(new PutItemCommand({ TableName, Item: itemOf(at) })),
  reads: ({ client, name: TableName }: World, at: number) =>
    client.send(new GetItemCommand({ TableName, Key: keyOf(at), ConsistentRead: true })),
  transactions: ({ client, name: TableName }: World, at: number) =>
    client.send(new TransactWriteItemsCommand({ TransactItems: puts(at, PER_TRANSACTION, TableName) })),
};

/** @returns requests a second */
export const rateOf = async (
  request: (world: World, at: number) => Promise<unknown>,
  world: World,
  count: number,
): Promise<number> => {
  const startedAt = performance.now();
  let next = 0;
  const run = async () => {
    while (next < count) await request(world, next++);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, run));
  return count / ((performance.now() - startedAt) / 1_000);
};

/**
 * Writes again and again over the same 10,000 items, 25 a request, and looks at the memory ten times.
 * @returns how many were written in the time, and the memory after each tenth of them
 */
export const writeMany = async (
  { world, memory }: Contender,
  count: number,
  withinMs: number,
): Promise<{ written: number; seconds: number; samples: { written: number; mb: number }[] }> => {
  const startedAt = performance.now();
  const samples: { written: number; mb: number }[] = [];
  let next = 0;
  let written = 0;
  const run = async () => {
    while (next < count && performance.now() - startedAt < withinMs) {
      const from = next;
      next += PER_BATCH;
      const requests = Array.from({ length: PER_BATCH }, (_, n) => ({ PutRequest: { Item: itemOf(from + n) } }));
      await world.client.send(new BatchWriteItemCommand({ RequestItems: { [world.name]: requests } }));
      written += PER_BATCH;
      while (Math.floor((written * 10) / count) > samples.length) samples.push({ written, mb: memory() });
    }
  };
  await Promise.all(Array.from({ length: 4 }, run));
  const seconds = (performance.now() - startedAt) / 1_000;
  return { written, seconds, samples };
};
