import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ThoughtEvent } from '../../client/index.ts';
import { seededRandom } from '../../local/faults/random.ts';
import type { Presence } from '../../src/connections/presence.ts';
import type { Follow } from '../../src/follows/follow-store.ts';
import { realAmbient } from '../../src/stores.ts';
import { keys, lists } from '../../src/table/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';
import { ThoughtStore } from '../../src/thoughts/thought-store.ts';

const AUTHOR = 'popular';
const SEED_BATCH = 2_000;
const MIN_PAUSE_MS = 400;
/** About what an engine in memory takes. */
const MS_PER_FOLLOWER = 1;
const LOOK_MS = 100;
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
  seed: number;
  withinMs: number;
  /** Called with each kill, for a run that kills the engine as well. */
  onKill?: (kill: number) => Promise<void>;
}

export interface FanOutSoakReport {
  entries: number;
  /** Followers without an entry. */
  missing: number;
  /** Connections that heard nothing, after all. */
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

/** Stands for API Gateway's @connections, and remembers who heard what. */
class Ears {
  readonly heard = new Map<string, string[]>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const cid = decodeURIComponent(request.url?.split('/@connections/')[1] ?? '');
      const { events = [] } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { events?: ThoughtEvent[] };
      this.heard.set(cid, [...(this.heard.get(cid) ?? []), ...events.map(({ id }) => id)]);
      response.end();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** One thought to a large audience, while the process that delivers it is killed again and again. */
export const soakFanOut = async (options: FanOutSoakOptions): Promise<FanOutSoakReport> => {
  const { table, followers, connected, strangers, kills, seed, withinMs } = options;
  const random = seededRandom(seed);
  await seedAudience(table, followers, connected, strangers);
  const ears = new Ears();
  const stateDir = mkdtempSync(join(tmpdir(), 'deep-thoughts-'));
  const environment = {
    ...process.env,
    TABLE_NAME: options.tableName,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: options.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: options.endpoint,
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: await ears.listen(),
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
  // The kills are spread over what the work takes.
  const pauseMs = Math.max(MIN_PAUSE_MS, (followers * MS_PER_FOLLOWER) / kills);
  try {
    const outcome = await new ThoughtStore(table, realAmbient).create(AUTHOR, { text: 'To all of you' });
    if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
    const eventId = `${outcome.thought.id}:1`;
    const tasksLeft = async () => (await table.query({ pk: lists.tasks(eventId).pk, consistent: true })).length;
    for (; killed < kills; killed++) {
      await sleep(20 + random() * pauseMs);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      if ((await tasksLeft()) > 0 || ears.heard.size < connected) interruptions++;
      await options.onKill?.(killed);
      child = await startChild();
    }
    const report = async () => ({
      ...(await compare(table, outcome.thought.id, followers, connected, ears.heard)),
      tasksLeft: await tasksLeft(),
      kills: killed,
      interruptions,
      seconds: (performance.now() - startedAt) / 1000,
    });
    const isOver = async () => {
      // A look at every entry is not for each turn.
      if (ears.heard.size < connected || (await tasksLeft()) > 0) return false;
      const { missing, deaf } = await report();
      return missing + deaf === 0;
    };
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && !(await isOver())) await sleep(LOOK_MS);
    return await report();
  } finally {
    child.kill('SIGKILL');
    ears.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
};

const nameOf = (at: number): string => `reader_${at}`;
const cidOf = (at: number): string => `socket-${at}`;

const seedAudience = async (table: Table, followers: number, connected: number, strangers: number): Promise<void> => {
  const now = Date.now();
  const presence = (at: number, isConnected: boolean): Item & Presence & { version: number } => ({
    ...keys.presence(nameOf(at)),
    type: 'presence',
    username: nameOf(at),
    lastSeenAt: now,
    needsRebuild: false,
    version: 1,
    connections: isConnected ? [{ cid: cidOf(at), connectedAt: now - 60_000, authExpiresAt: now + 3_600_000 }] : [],
  });
  const items: Item[] = [];
  for (let at = 0; at < followers; at++) {
    const edge: Follow = { author: AUTHOR, follower: nameOf(at), muted: false, since: now };
    const follower: Item & Follow = { ...keys.follower(AUTHOR, nameOf(at)), type: 'follower', ...edge };
    items.push(follower, presence(at, at < connected));
  }
  for (let at = followers; at < followers + strangers; at++) items.push(presence(at, true));
  for (let at = 0; at < items.length; at += SEED_BATCH) {
    await table.batchWrite(items.slice(at, at + SEED_BATCH).map((put) => ({ put })));
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
  const listeners = new Set(Array.from({ length: connected }, (_, at) => cidOf(at)));
  const frames = [...heard.entries()];
  return {
    entries: entries.length,
    missing: followers - entries.length,
    deaf: [...listeners].filter((cid) => !heard.has(cid)).length,
    duplicates: frames.reduce((sum, [, ids]) => sum + ids.length - new Set(ids).size, 0),
    leaked: frames.filter(([cid]) => !listeners.has(cid)).length,
  };
};
