import { once } from 'node:events';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { createTable } from '../../local/dynamodb/create-table.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { audit } from './audit.ts';
import { separateMalformed } from './malformed.ts';
import { firstKindOf } from './migration/first-edition.ts';
import { migrate } from './migration/migrate.ts';
import { progressBar } from './progress.ts';
import { restore } from './restore.ts';
import { seed } from './seed.ts';

/** What every command works on. */
export interface Target {
  client: DynamoDBClient;
  name: string;
  table: Table;
}

const IMPORT_BATCH = 500;

const print = (value: unknown): void => {
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
};

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const create = async ({ client, name }: Target): Promise<void> => {
  print(await createTable(client, tableResource(), name));
};

export const list = async ({ client }: Target): Promise<void> => {
  let start: string | undefined;
  do {
    const page = await client.send(new ListTablesCommand({ ExclusiveStartTableName: start }));
    for (const name of page.TableNames ?? []) print(name);
    start = page.LastEvaluatedTableName;
  } while (start);
};

export const describe = async ({ client, name }: Target): Promise<void> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  process.stdout.write(`${JSON.stringify(Table, null, 2)}\n`);
};

export const scan = async ({ table }: Target, { limit }: { limit?: number }): Promise<void> => {
  let count = 0;
  for await (const item of table.scan()) {
    if (limit !== undefined && count >= limit) break;
    print(item);
    count++;
  }
};

export const get = async ({ table }: Target, pk: string, sk: string): Promise<void> => {
  const item = await table.get({ pk, sk }, { consistent: true });
  if (!item) throw new Error(`There is no item ${pk} ${sk}`);
  print(item);
};

interface QueryOptions {
  prefix?: string;
  limit?: number;
  newest?: boolean;
  index?: boolean;
}

export const query = async ({ table }: Target, pk: string, options: QueryOptions): Promise<void> => {
  const { prefix, limit, newest = false, index = false } = options;
  const items = await table.query({
    pk,
    newestFirst: newest,
    ...(prefix !== undefined && { prefix }),
    ...(limit !== undefined && { limit }),
    ...(index && { index: 'feed' as const }),
  });
  for (const item of items) print(item);
};

/** How items of the first edition are served, and what to do about it. */
const noteFirst = (count: number): void => {
  if (count > 0) note(`${count} of them are of the first edition: now \`npm run table -- migrate\``);
};

/** One JSON object a line; a JSON array is understood too. */
export const importItems = async ({ table }: Target, file: string): Promise<void> => {
  let count = 0;
  let first = 0;
  let batch: { put: Item }[] = [];
  const flush = async () => {
    await table.batchWrite(batch);
    count += batch.length;
    batch = [];
  };
  for await (const item of readItems(file)) {
    if (typeof item.pk !== 'string' || typeof item.sk !== 'string') throw new Error(`Item ${count + 1} has no key`);
    batch.push({ put: item });
    if (firstKindOf(item)) first++;
    if (batch.length >= IMPORT_BATCH) await flush();
  }
  await flush();
  note(`${count} items imported`);
  noteFirst(first);
};

/** Takes an export of another table, or of this one from before. */
export const restoreItems = async ({ table, name }: Target, file: string): Promise<void> => {
  const startedAt = performance.now();
  const stores = createStores({ table, settings: readSettings({ TABLE_NAME: name }) });
  const { sources, leftOut, first } = await restore(readItems(file), { ...stores, table, now: Date.now() });
  const seconds = (performance.now() - startedAt) / 1000;
  note(`${sources} items restored, ${leftOut} left out or made anew, in ${seconds.toFixed(1)} s`);
  noteFirst(first);
};

const readItems = async function* (file: string): AsyncIterable<Item> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst && line.trimStart().startsWith('[')) {
      yield* JSON.parse(readFileSync(file, 'utf8')) as Item[];
      return;
    }
    isFirst = false;
    if (line.trim() !== '') yield JSON.parse(line) as Item;
  }
};

export const exportItems = async ({ table }: Target, file: string | undefined): Promise<void> => {
  const out = file === undefined ? process.stdout : createWriteStream(file);
  let count = 0;
  for await (const item of table.scan()) {
    if (!out.write(`${JSON.stringify(item)}\n`)) await once(out, 'drain');
    count++;
  }
  if (file !== undefined) {
    out.end();
    await once(out, 'finish');
  }
  note(`${count} items exported`);
};

export const seedTable = async (
  target: Target,
  { users, thoughts }: { users: number; thoughts: number },
): Promise<void> => {
  const startedAt = performance.now();
  const stores = createStores({ table: target.table, settings: readSettings({ TABLE_NAME: target.name }) });
  const steps = await seed(stores, { users, thoughts, random: Math.random, onProgress: progressBar(startedAt) });
  const seconds = (performance.now() - startedAt) / 1000;
  note(
    `${users} users and ${thoughts} thoughts: ${steps} writes in ${seconds.toFixed(1)} s, ${Math.round(steps / seconds)}/s`,
  );
};

export const drop = async ({ client, name }: Target, { yes }: { yes?: boolean }): Promise<void> => {
  if (!yes && !(await isConfirmed(name))) throw new Error('Nothing was dropped');
  await client.send(new DeleteTableCommand({ TableName: name }));
  note(`${name} is gone`);
};

const isConfirmed = async (name: string): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new Error('This drops a table: say --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => prompt.question(`Type ${name} to drop it: `, resolve));
  prompt.close();
  return answer === name;
};

export const migrateTable = async ({ table, name }: Target): Promise<void> => {
  const settings = readSettings({ ...process.env, TABLE_NAME: name });
  const stores = createStores({ table, settings });
  const inWords = (counts: object) =>
    Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ');
  const show = (counts: object) => process.stderr.isTTY && process.stderr.write(`\r${inWords(counts)}`);
  const counts = await migrate({ table, stores, feedShards: settings.feedShards }, { onProgress: show });
  note(`\n${inWords(counts)}\nNow \`npm run table -- audit\``);
};

export const auditTable = async ({ table }: Target): Promise<void> => {
  const items: Item[] = [];
  for await (const item of table.scan()) items.push(item);
  const { timelines } = readSettings({ ...process.env, TABLE_NAME: 'table' });
  const { sound, malformed } = separateMalformed(items);
  const findings = [...malformed, ...audit(sound, { now: Date.now(), retentionMs: timelines.retentionMs })];
  for (const { rule, item, detail } of findings) print(`${rule}: ${item}: ${detail}`);
  note(`${items.length} items, ${findings.length} findings`);
  if (findings.length > 0) process.exitCode = 1;
};
