import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, Option } from 'commander';
import { createTable, tableResource } from '../../local/dynamodb/create-table.ts';
import { Engine } from '../../local/dynamodb/engine.ts';
import { freePort } from '../../local/ports.ts';
import { RunningStack } from '../../local/run-stack.ts';
import type { Stack } from '../../local/stack.ts';
import { DynamoTable } from '../../src/table/dynamo-table.ts';
import { Api } from '../support/api.ts';
import { auditStack } from '../support/audit-stack.ts';
import { waitFor } from '../support/measure.ts';
import { soakFanOut } from './fan-out-soak.ts';
import { runOperations } from './random-operations.ts';
import { SoakedUser } from './soaked-user.ts';

const FAULTS = fileURLToPath(new URL('../../local/faults/faults.yml', import.meta.url));
const REST_MS = 90_000;
const MS_PER_FOLLOWER = 3;

interface FanOutOptions {
  followers: number;
  connected: number;
  kills: number;
  seed: number;
  engineKills?: boolean;
}

interface SoakOptions {
  minutes: number;
  seed: number;
  users: number;
  faults: string;
}

const table = (title: string, counts: Record<string, number>): string => {
  const parts = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${title.padEnd(11)} ${parts.map(([name, count]) => `${name} ${count}`).join(' · ')}\n`;
};

/** Everything at random with all faults on; then the faults end, and everything must come to be as it should. */
const soak = async ({ minutes, seed, users: userCount, faults }: SoakOptions): Promise<void> => {
  process.stdout.write(`Soaking for ${minutes} min with seed ${seed}\n`);
  // On disk, so that the engine can be restarted too.
  const dataDir = mkdtempSync(join(tmpdir(), 'deep-thoughts-soak-'));
  const running = await RunningStack.start(['--faults', faults, '--seed', String(seed), '--data', dataDir]);
  const users: SoakedUser[] = [];
  try {
    for (let at = 0; at < userCount; at++) users.push(new SoakedUser(await Api.login(running.stack, `soak_${at}`)));
    for (const user of users) await user.call('PUT', '/users/me', { name: user.username });
    for (const user of users) user.connect();
    const operations = await runOperations(users, Date.now() + minutes * 60_000, seed);
    for (const user of users) if (!user.isConnected) user.connect();
    const { faults: injected } = await running.faultsOff();

    let left: string[] = [];
    await waitFor(
      'everything to be as it should',
      async () => {
        left = await differences(running.stack, users).catch((error) => [String(error)]);
        return left.length === 0;
      },
      REST_MS,
    ).catch(() => {});
    const { retries, splits } = await running.figures();

    const sum = (of: (user: SoakedUser) => number) => users.reduce((total, user) => total + of(user), 0);
    const leaked = sum(({ faulty }) => faulty.leaked);
    const outOfOrder = sum(({ faulty }) => faulty.outOfOrder);
    const doubled = sum(({ faulty }) => faulty.doubled);
    const details = users.flatMap(({ faulty }) => faulty.details);
    process.stdout.write(table('Operations', operations));
    process.stdout.write(table('Faults', injected));
    const events = sum((user) => user.events);
    const received = sum((user) => user.received);
    process.stdout.write(
      table('Retries', { 'HTTP answers': sum(({ busy }) => busy), 'stream batches': retries, 'shard splits': splits }),
    );
    process.stdout.write(
      table('Clients', {
        'events given': events,
        'duplicates suppressed': received - events,
        'gaps told': sum(({ gaps }) => gaps),
      }),
    );
    process.stdout.write(`${left.length} lost · ${leaked} leaked · ${outOfOrder} out of order · ${doubled} doubled\n`);
    if (left.length + leaked + outOfOrder + doubled + details.length > 0) {
      for (const line of [...left, ...details].slice(0, 20)) process.stdout.write(`  ${line}\n`);
      process.stdout.write(`Run it again with --seed ${seed}\n`);
      process.stderr.write(`${running.output}\n`);
      process.exitCode = 1;
    }
  } finally {
    for (const user of users) user.disconnect();
    await running.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

/** What is not (yet) as it should be, in the table and on the users' screens. */
const differences = async (stack: Stack, users: SoakedUser[]): Promise<string[]> => {
  const offline = users.filter(({ isLive }) => !isLive).map(({ username }) => `${username} is not live`);
  if (offline.length > 0) return offline;
  const faulty = (await auditStack(stack)).map(({ rule, item, detail }) => `${rule}: ${item}: ${detail}`);
  if (faulty.length > 0) return faulty;
  return (await Promise.all(users.map((user) => user.differences()))).flat();
};

const fanOutSoak = async ({ followers, connected, kills, seed, engineKills }: FanOutOptions): Promise<void> => {
  const dataDir = engineKills ? mkdtempSync(join(tmpdir(), 'deep-thoughts-engine-')) : undefined;
  const port = await freePort();
  const engine = await Engine.start({ port, dataDir });
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 10,
  });
  const tableName = 'fan-out-soak';
  try {
    const streamArn = await createTable(client, tableResource(), tableName);
    process.stdout.write(`${followers} followers, ${connected} connected, ${kills} kills, seed ${seed}\n`);
    const report = await soakFanOut({
      table: new DynamoTable(client, tableName),
      tableName,
      endpoint: engine.endpoint,
      streamArn,
      followers,
      connected,
      strangers: Math.ceil(connected / 10),
      kills,
      // Some lives end before a page is delivered, and some after many.
      livesMs: 2_000 + (followers * MS_PER_FOLLOWER) / kills,
      seed,
      withinMs: 600_000,
      onKill: async (kill) => {
        process.stdout.write(`kill ${kill + 1}\n`);
        if (engineKills) await engine.restart();
      },
    });
    for (const [name, value] of Object.entries(report))
      process.stdout.write(`${name} ${Math.round(value * 10) / 10}\n`);
    if (report.missing + report.deaf + report.leaked + report.tasksLeft > 0) process.exitCode = 1;
  } finally {
    await engine.stop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  }
};

const seedOption = new Option('--seed <n>', 'the same seed, the same chances')
  .argParser(Number)
  .default(Math.floor(Math.random() * 1_000_000), 'a random one');

const program = new Command('soak')
  .description('Random operations under all faults; at the end every invariant must hold')
  .option('--minutes <n>', 'for how long', Number, 1)
  .addOption(seedOption)
  .option('--users <n>', 'how many users', Number, 8)
  .option('--faults <file>', 'how likely each fault is', FAULTS)
  .enablePositionalOptions()
  .action(soak);

program
  .command('fan-out')
  .description('One thought to a large audience, while its deliverer is killed again and again')
  .option('--followers <n>', 'how many followers', Number, 100_000)
  .option('--connected <n>', 'how many of them are connected', Number, 2_000)
  .option('--kills <n>', 'how often', Number, 20)
  .option('--engine-kills', 'kill the engine too, which keeps its data on disk')
  .addOption(seedOption)
  .action(fanOutSoak);

await program.parseAsync();
// An app that still reads what it was told to must not keep a finished run alive.
process.exit();
