import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pMap from 'p-map';
import { seededRandom } from '../../local/faults/random.ts';
import { keys } from '../../src/keys/keys.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Table } from '../../src/table/table.ts';
import { firstIdAt, timeOfId } from '../../src/thoughts/thought.ts';
import { Resumer } from '../../src/websocket/resume.ts';
import { AUTHOR, connectionIdAt, nameOf, seedAudience } from './audience.ts';
import { Listeners } from './listeners.ts';

const LOOK_MS = 100;
/** When nothing has been pushed for so long, what is still missing was given up. */
const QUIET_MS = 10_000;
const CHILD = fileURLToPath(new URL('./mapping-process.ts', import.meta.url));

export interface FanOutSoakOptions {
  table: Table;
  tableName: string;
  endpoint: string;
  streamArn: string;
  followers: number;
  /** How many of them are connected. */
  connected: number;
  /** How many more users are connected and follow nobody. */
  strangers: number;
  kills: number;
  /** How long the process lives between two kills, at most. */
  livesMs: number;
  seed: number;
  withinMs: number;
  /** Called with each kill, for a run that kills the engine as well. */
  onKill?: (kill: number) => Promise<void>;
}

export interface FanOutSoakReport {
  entries: number;
  /** Followers without an entry. */
  missing: number;
  /** Connections whose push was given up, and that found the thought when they resumed. */
  resumed: number;
  /** Connections that heard nothing, and found nothing either. */
  deaf: number;
  /** Frames that a client drops, for it has them. */
  duplicates: number;
  /** Frames to those who must hear nothing. */
  leaked: number;
  tasksLeft: number;
  kills: number;
  /** Kills that came while some of the work was still to do. */
  interruptions: number;
  seconds: number;
}

/** One thought to a large audience, while the process that delivers it is killed again and again. */
export const soakFanOut = async (options: FanOutSoakOptions): Promise<FanOutSoakReport> => {
  const { table, followers, connected, strangers, kills, livesMs, seed, withinMs } = options;
  const random = seededRandom(seed);
  await seedAudience(table, followers, connected, strangers);
  const listeners = new Listeners();
  const stateDir = mkdtempSync(join(tmpdir(), 'deep-thoughts-'));
  const environment = {
    ...process.env,
    TABLE_NAME: options.tableName,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: options.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: options.endpoint,
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: await listeners.listen(),
  };
  const startChild = async (): Promise<ChildProcess> => {
    const child = fork(CHILD, [options.streamArn, stateDir], {
      env: environment,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  };
  const startedAt = performance.now();
  let child = await startChild();
  let killed = 0;
  let interruptions = 0;
  try {
    const outcome = await createStores({
      table,
      settings: readSettings({ TABLE_NAME: options.tableName }),
    }).thoughts.create(AUTHOR, {
      text: 'To all of you',
    });
    if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
    for (; killed < kills; killed++) {
      await sleep(random() * livesMs);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      if (listeners.heard.size < connected) interruptions++;
      await options.onKill?.(killed);
      child = await startChild();
    }
    const report = async () => ({
      ...(await compare(table, outcome.thought.id, followers, connected, listeners.heard)),
      tasksLeft: await countTasks(table),
      kills: killed,
      interruptions,
      seconds: (performance.now() - startedAt) / 1000,
    });
    const isOver = async () => {
      const isWaiting = listeners.heard.size < connected && performance.now() - listeners.lastAt < QUIET_MS;
      // A look at every entry is not for each turn.
      if (isWaiting) return false;
      const { missing, deaf, tasksLeft } = await report();
      return missing + deaf + tasksLeft === 0;
    };
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && !(await isOver())) await sleep(LOOK_MS);
    return await report();
  } finally {
    child.kill('SIGKILL');
    listeners.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

const compare = async (
  table: Table,
  thoughtId: string,
  followers: number,
  connected: number,
  heard: Map<string, string[]>,
): Promise<Omit<FanOutSoakReport, 'kills' | 'interruptions' | 'tasksLeft' | 'seconds'>> => {
  const wanted = Array.from({ length: followers }, (_, at) => keys.timelineEntry(nameOf(at), thoughtId));
  const entries = await table.batchGet(wanted, { consistent: true });
  const listeners = new Map(Array.from({ length: connected }, (_, at) => [connectionIdAt(at), nameOf(at)]));
  const frames = [...heard.entries()];
  const unheard = [...listeners.keys()].filter((connectionId) => !heard.has(connectionId));
  const found = await pMap(
    unheard,
    (connectionId) => findsByResume(table, listeners.get(connectionId) ?? '', thoughtId),
    {
      concurrency: 8,
    },
  );
  const resumed = found.filter(Boolean).length;
  return {
    entries: entries.length,
    missing: followers - entries.length,
    resumed,
    deaf: unheard.length - resumed,
    duplicates: frames.reduce((sum, [, ids]) => sum + ids.length - new Set(ids).size, 0),
    leaked: frames.filter(([connectionId]) => !listeners.has(connectionId)).length,
  };
};

/** What a client does that suspects a silence. */
const findsByResume = async (table: Table, username: string, thoughtId: string): Promise<boolean> => {
  const resumer = new Resumer(createStores({ table, settings: readSettings({ TABLE_NAME: 'soak' }) }));
  const answer = await resumer.resume({ username, channel: 'timeline', since: firstIdAt(timeOfId(thoughtId)) });
  return answer.type === 'events' && answer.events.some((event) => event.thoughtId === thoughtId);
};

/** Tasks have a partition each, so that only a scan finds them all. */
const countTasks = async (table: Table): Promise<number> => {
  let count = 0;
  for await (const { type } of table.scan()) if (type === 'task') count++;
  return count;
};
