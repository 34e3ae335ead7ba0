import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Engine } from '../../local/dynamodb/engine.ts';
import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { MemoryCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource, type StreamSource } from '../../local/event-source-mapping/stream-source.ts';
import { freePort } from '../../local/ports.ts';
import { percentile, printFigure } from '../../tools/support/measure.ts';
import { freshTable } from '../support/real-table.ts';

/** Each round is some writes for ours and one for the plugin, which takes most of a second for each. */
const ROUNDS = 40;
const OURS_EACH = 8;
/** Writes come at random times, so that no poll's rhythm fits them. */
const MAX_PAUSE_MS = 60;
const IDLE_WRITES = 8;
const IDLE_MS = 2_500;
const WITHIN_MS = 10_000;

type World = Awaited<ReturnType<typeof freshTable>>;

/** The class behind the public plugin. It has no types, and takes functions as serverless-offline holds them. */
type Plugin = new (
  lambda: { get(): { setEvent(event: object): void; runHandler(): Promise<void> } },
  options: object,
  log: object,
) => { create(events: object[]): Promise<unknown>; start(): void; stop(): void };

/** When each item's record came to the handler. */
class Arrivals {
  readonly #waiting = new Map<string, (at: number) => void>();

  take({ Records }: { Records: { dynamodb: { Keys: Record<string, unknown> } }[] }): void {
    const now = performance.now();
    for (const { dynamodb } of Records) this.#waiting.get((dynamodb.Keys.sk as { S: string }).S)?.(now);
  }

  /** Writes one item. @returns the milliseconds from when the engine has acknowledged it until the handler has it */
  async timeOf({ table }: World, sk: string): Promise<number> {
    const arrived = new Promise<number>((resolve) => this.#waiting.set(sk, resolve));
    await table.write([{ put: { pk: 'USER#bench', sk, type: 'thought' } }]);
    const writtenAt = performance.now();
    const late = sleep(WITHIN_MS, Number.NaN, { ref: false });
    const at = await Promise.race([arrived, late]);
    if (Number.isNaN(at)) throw new Error(`The record of ${sk} did not come within ${WITHIN_MS} ms`);
    return Math.max(0, at - writtenAt);
  }
}

/** The same source, and how long its reads took. */
const timed = (source: StreamSource, times: number[]): StreamSource => ({
  arn: source.arn,
  shards: () => source.shards(),
  iterator: (shard, position) => source.iterator(shard, position),
  read: async (iterator) => {
    const startedAt = performance.now();
    const outcome = await source.read(iterator);
    times.push(performance.now() - startedAt);
    return outcome;
  },
  ...(source.untilNews && { untilNews: source.untilNews }),
});

const startOurs = async (world: World, engine: Engine, arrivals: Arrivals, reads: number[]) => {
  const { endpoint, announcements } = engine;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const streams = new DynamoDBStreamsClient({ endpoint, region: 'local', credentials });
  const mapping = new EventSourceMapping({
    source: timed(new DynamoStreamSource(streams, world.streamArn, { announcements }), reads),
    settings: readMappingSettings({ batchSize: 100, parallelizationFactor: 10 }),
    functionName: 'stream',
    invoke: async (event) => arrivals.take(event),
    checkpoints: new MemoryCheckpoints(),
  });
  await mapping.start();
  return mapping;
};

const startPlugin = async (world: World, endpoint: string, arrivals: Arrivals, folder: string) => {
  const require = createRequire(import.meta.url);
  const DynamodbStreams = require('serverless-offline-dynamodb-streams/src/dynamodb-streams.js') as Plugin;
  let event: Parameters<Arrivals['take']>[0] = { Records: [] };
  const lambda = {
    setEvent: (given: object) => {
      event = given as typeof event;
    },
    runHandler: async () => arrivals.take(event),
  };
  const options = {
    endpoint,
    region: 'local',
    accountId: '000000000000',
    accessKeyId: 'local',
    secretAccessKey: 'local',
    checkpointFile: join(folder, 'checkpoints.json'),
  };
  const plugin = new DynamodbStreams({ get: () => lambda }, options, console);
  const dynamodbStreams = { tableName: world.name, batchSize: 100, startingPosition: 'TRIM_HORIZON' };
  await plugin.create([{ functionKey: 'stream', dynamodbStreams }]);
  plugin.start();
  return plugin;
};

const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-bench-'));
try {
  const [ourWorld, pluginWorld] = [await freshTable(engine.endpoint), await freshTable(engine.endpoint)];
  const [ourArrivals, pluginArrivals] = [new Arrivals(), new Arrivals()];
  const reads: number[] = [];
  const mapping = await startOurs(ourWorld, engine, ourArrivals, reads);
  const plugin = await startPlugin(pluginWorld, engine.endpoint, pluginArrivals, folder);
  await ourArrivals.timeOf(ourWorld, 'warm');
  await pluginArrivals.timeOf(pluginWorld, 'warm');
  reads.length = 0;

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < OURS_EACH; n++) {
      await sleep(Math.random() * MAX_PAUSE_MS);
      ours.push(await ourArrivals.timeOf(ourWorld, `${round}-${n}`));
    }
    theirs.push(await pluginArrivals.timeOf(pluginWorld, String(round)));
  }
  plugin.stop();
  const idle: number[] = [];
  for (let n = 0; n < IDLE_WRITES; n++) {
    await sleep(IDLE_MS + Math.random() * MAX_PAUSE_MS);
    idle.push(await ourArrivals.timeOf(ourWorld, `idle-${n}`));
  }
  await mapping.stop();

  printFigure('mapping.get_records_p50', percentile(reads, 50), 'ms');
  printFigure('mapping.get_records_p99', percentile(reads, 99), 'ms');
  printFigure('mapping.written_to_handler_p50', percentile(ours, 50), 'ms');
  printFigure('mapping.written_to_handler_p99', percentile(ours, 99), 'ms');
  printFigure('mapping.written_to_handler_after_silence_p50', percentile(idle, 50), 'ms');
  printFigure('mapping.plugin_written_to_handler_p50', percentile(theirs, 50), 'ms');
  printFigure('mapping.plugin_written_to_handler_p99', percentile(theirs, 99), 'ms');
  printFigure('mapping.ratio_vs_plugin', percentile(theirs, 50) / percentile(ours, 50), 'ratio');
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
