import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, Option } from 'commander';
import { createTable } from '../../local/dynamodb/create-table.ts';
import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { freePort } from '../../local/ports.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../src/dynamodb/sdk-dynamo-db.ts';
import { positiveNumber, wholeNumber } from '../support/option-numbers.ts';
import { soakFanOut } from './fan-out-soak.ts';
import { ReleaseUnavailable, unpackRelease } from './release.ts';
import { type SoakOptions, soak } from './whole-soak.ts';

const FAULTS = fileURLToPath(new URL('../../local/faults/faults.yml', import.meta.url));
const MS_PER_FOLLOWER = 3;

interface FanOutOptions {
  followers: number;
  connected: number;
  kills: number;
  seed: number;
  engineKills?: boolean;
}

const fanOutSoak = async ({ followers, connected, kills, seed, engineKills }: FanOutOptions): Promise<void> => {
  const dataDir = engineKills ? mkdtempSync(join(tmpdir(), 'deep-thoughts-engine-')) : undefined;
  const port = await freePort();
  const engine = await startEngine({ port, dataDir }, engineKind(process.env.ENGINE));
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
      table: new DynamoTable({ dynamoDb: throughSdk(client), name: tableName }),
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
  .argParser(wholeNumber(0))
  .default(Math.floor(Math.random() * 1_000_000), 'a random one');

/** Neither passed nor failed (EX_UNAVAILABLE of sysexits.h). */
const UNAVAILABLE = 69;

const upgradeSoak = async ({ from, ...options }: Omit<SoakOptions, 'before'> & { from?: string }): Promise<void> => {
  try {
    const before = unpackRelease(from);
    process.stdout.write(`Functions of this tree and of ${before.commit}, in turns\n`);
    await soak({ ...options, before });
  } catch (error) {
    if (!(error instanceof ReleaseUnavailable)) throw error;
    process.stderr.write(`soak upgrade did not run: ${error.message}\n`);
    process.exitCode = UNAVAILABLE;
  }
};

const withOptions = (command: Command): Command =>
  command
    .option('--minutes <n>', 'for how long', positiveNumber, 1)
    .addOption(seedOption)
    .option('--users <n>', 'how many users', wholeNumber(1), 8)
    .option('--faults <file>', 'how likely each fault is', FAULTS);

const program = withOptions(new Command('soak'))
  .description('Random operations under all faults; at the end every invariant must hold')
  .enablePositionalOptions()
  .action((options: SoakOptions) => soak(options));

withOptions(program.command('upgrade'))
  .description('The same, while two releases answer in turns: one table, one stream')
  .option('--from <ref>', 'the release before: a tag or a commit; the last tag when left out')
  .action(upgradeSoak);

program
  .command('fan-out')
  .description('One thought to a large audience, while its deliverer is killed again and again')
  .option('--followers <n>', 'how many followers', wholeNumber(1), 100_000)
  .option('--connected <n>', 'how many of them are connected', wholeNumber(0), 2_000)
  .option('--kills <n>', 'how often', wholeNumber(1), 20)
  .option('--engine-kills', 'kill the engine too, which keeps its data on disk')
  .addOption(seedOption)
  .action(fanOutSoak);

await program.parseAsync();
// An app that still reads what it was told to must not keep a finished run alive.
process.exit();
