import { Usage } from '../../local/aws/dynamodb/usage.ts';
import { seededRandom } from '../../local/faults/random.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { readSettings } from '../../src/settings.ts';
import { createStores } from '../../src/stores.ts';
import type { Table } from '../../src/table/table.ts';
import { Arrivals, seedFollowers } from './arrivals.ts';
import type { Cloud } from './cloud.ts';
import { faultlessCloud } from './faultless-cloud.ts';
import { VirtualTime } from './virtual-time.ts';
import { worldOf } from './world.ts';

const START = Date.parse('2026-01-05T08:00:00.000Z');
const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;

export interface NeighboursOptions {
  /** Followers of the one author whose thought takes long. */
  followers: number;
  /** Small authors, followers of each, and the time between two thoughts of one of them, in milliseconds. */
  authors: number;
  smallFollowers: number;
  everyMs: number;
  shards: number;
  tableWrites: number;
  seed: number;
}

/** The sizes of `npm run simulate -- --neighbours`: a new table, and as many posts as in a busy hour. */
export const DEFAULT_SIZES: Omit<NeighboursOptions, 'followers' | 'shards'> = {
  authors: 50,
  smallFollowers: 20,
  everyMs: 2 * SECOND,
  tableWrites: 4_000,
  seed: 1,
};

export interface Delays {
  /** From a small author's commit to the last entry of the thought, in milliseconds. */
  p50: number;
  p99: number;
  thoughts: number;
  /** Until the last entry of the one large thought. */
  largeMs: number;
  /** The number of fan-out tasks of the large thought. */
  tasks: number;
}

/**
 * Small authors post all the time, and one author with many followers posts once. Lanes, shards, throttles and the
 * functions are as on AWS.
 * @param isQuiet leaves the large author out, to compare with
 */
export const measureNeighbours = async (options: NeighboursOptions, isQuiet: boolean): Promise<Delays> => {
  const time = new VirtualTime(START);
  const arrivals = new Arrivals(time.now);
  const cloud = cloudOf(options, time, arrivals);
  const table = tableOf(cloud, time, options.seed);
  const run = async <T>(work: Promise<T>): Promise<T> => {
    await time.runUntilDone(work, time.now() + DAY);
    return work;
  };
  const names = Array.from({ length: options.authors }, (_, at) => `small_${at}`);
  await run(seedFollowers(table, 'large', options.followers, time.now()));
  for (const name of names) await run(seedFollowers(table, name, options.smallFollowers, time.now()));
  await cloud.mapping.start();
  await time.runUntil(time.now() + SECOND);
  cloud.database.begin();

  const { thoughts } = createStores({
    table,
    settings: readSettings({ TABLE_NAME: 'simulated' }),
    runtime: runtimeOf(time, options.seed),
  });
  const post = async (author: string, followers: number) => {
    const outcome = await thoughts.create(author, { text: 'A thought' });
    if (outcome.kind !== 'created') throw new Error(`The thought was not created: ${outcome.kind}`);
    arrivals.expect(outcome.thought.id, author, followers);
  };
  const random = seededRandom(options.seed);
  let isOver = false;
  const posting = names.map(async (name) => {
    await time.sleep(random() * options.everyMs);
    while (!isOver) {
      await post(name, options.smallFollowers);
      await time.sleep(options.everyMs);
    }
  });
  await time.runUntil(time.now() + 3 * SECOND);
  if (!isQuiet) await run(post('large', options.followers));
  const from = time.now();
  // Without the large author, the run measures half a minute.
  const isDone = () => (isQuiet ? time.now() > from + 30 * SECOND : arrivals.isComplete('large'));
  while (!isDone()) await time.runUntil(time.now() + SECOND);
  isOver = true;
  await run(Promise.all(posting));
  while (!arrivals.isAllComplete()) await time.runUntil(time.now() + SECOND);
  const delays = arrivals.delays((author) => author !== 'large').sort((a, b) => a - b);
  const at = (share: number) => delays[Math.floor(delays.length * share)] ?? 0;
  const [largeMs = 0] = arrivals.delays((author) => author === 'large');
  return { p50: at(0.5), p99: at(0.99), thoughts: delays.length, largeMs, tasks: arrivals.tasks };
};

const cloudOf = ({ shards, tableWrites, seed }: NeighboursOptions, time: VirtualTime, arrivals: Arrivals): Cloud => {
  const conditions = {
    shards,
    tableWrites,
    tableReads: 3 * tableWrites,
    pageSize: 1_000,
    width: 16,
    writesPerSecond: 2_000,
  };
  return faultlessCloud({ time, seed, conditions, onChange: (change) => arrivals.see(change) });
};

const runtimeOf = (time: VirtualTime, seed: number) => {
  const world = worldOf(time, seed, 'people');
  return { ...world, newSecret: () => '' };
};

const tableOf = (cloud: Cloud, time: VirtualTime, seed: number): Table => {
  const runtime = runtimeOf(time, seed);
  const client = cloud.database.client(runtime, new Usage(), (promise) => promise);
  return new DynamoTable({ dynamoDb: client, name: cloud.database.tableName, runtime });
};

/** Measures small authors beside one author with so many followers, with several numbers of shards. */
export const printNeighbours = async (followers: number, print: (line: string) => void): Promise<void> => {
  for (const shards of [2, 4, 8]) {
    const options = { ...DEFAULT_SIZES, followers, shards };
    const quiet = await measureNeighbours(options, true);
    const busy = await measureNeighbours(options, false);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    print(
      `neighbours.p99_ratio ${(busy.p99 / quiet.p99).toFixed(2)} with ${shards} shards: p50 ${seconds(quiet.p50)} and ${seconds(busy.p50)}, p99 ${seconds(quiet.p99)} and ${seconds(busy.p99)}; the large one took ${seconds(busy.largeMs)} and ${busy.tasks} tasks`,
    );
  }
};
