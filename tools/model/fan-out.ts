import type { Delivery } from '../../src/follows/edge.ts';
import type { Prices } from '../cost/prices.ts';
import units from '../cost/units.json' with { type: 'json' };

/** Write units of a task: an item under 1 KB that is put once and deleted once, both in transactions. */
const WRITE_UNITS_PER_TASK = 4;
/**
 * One partition key takes so many read units a second, and an author's edges stand in one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const READS_OF_A_KEY = 3_000;
/** Invocations at once for each of the stream's shards. */
const LANES = 10;
const UNITS = { entry: units.follower_entry, push: units.follower_push } satisfies Record<Delivery, object>;
/** Presence is looked at once for a push, and once more for an entry; the rest is the edge. */
const READS_OF_AN_EDGE = units.follower_push.reads - 1;

export interface FanOutModel {
  pageSize: number;
  /** The number of tasks into which an audience is split. */
  width: number;
  /** Units a second that the table takes. */
  tableWrites: number;
  tableReads: number;
  /** Followers a second of one invocation. */
  invocationFollowers: number;
  /** Of the stream. */
  shards: number;
  /** From a task's write to its invocation. */
  hopSeconds: number;
  /** Seconds after which a task leaves the rest to its successor. */
  turnSeconds: number;
  memoryGb: number;
}

/** What takes longest decides. */
export interface Seconds {
  /** Seconds for a page and its tasks, one after the other, on a table without limits. */
  tasks: number;
  /** The table's writes, and its reads. */
  writes: number;
  reads: number;
  /** The one partition that holds the edges. */
  edges: number;
}

/** One thought to all followers of its author, none of them connected. */
export const fanOutOf = (audience: number, delivery: Delivery, model: FanOutModel, { dynamodb, lambda }: Prices) => {
  const { pageSize, width, shards, hopSeconds, turnSeconds, invocationFollowers } = model;
  const { reads: readsEach, writes: writesEach } = UNITS[delivery];
  const rest = Math.max(0, audience - pageSize);
  const sideBySide = Math.min(width, LANES * shards, Math.ceil(rest / pageSize));
  const inTurn = sideBySide > 0 ? Math.ceil(rest / (sideBySide * pageSize)) : 0;
  const page = Math.min(audience, pageSize) / invocationFollowers;
  const reads = audience * readsEach;
  const seconds: Seconds = {
    tasks: (1 + inTurn) * (page + hopSeconds),
    writes: (audience * writesEach) / model.tableWrites,
    reads: reads / model.tableReads,
    edges: (audience * READS_OF_AN_EDGE) / READS_OF_A_KEY,
  };
  // A task ends after its turn, so a slower table needs more tasks.
  const turns = (sideBySide * boundOf(seconds)[1]) / (turnSeconds + hopSeconds);
  const tasks = sideBySide > 0 ? Math.round(Math.max(rest / pageSize, turns)) : 0;
  const writes = audience * writesEach + tasks * WRITE_UNITS_PER_TASK;
  const invocations = 1 + tasks;
  const dollars =
    (writes * dynamodb.millionWrites + reads * dynamodb.millionReads + invocations * lambda.millionRequests) / 1e6 +
    (audience / invocationFollowers) * model.memoryGb * lambda.gbSecond;
  return { audience, invocations, writes, reads: Math.round(reads), dollars, seconds };
};

/** What bounds a fan-out, and for how long. */
export const boundOf = (seconds: Seconds): [keyof Seconds, number] =>
  (Object.entries(seconds) as [keyof Seconds, number][]).reduce((most, one) => (one[1] > most[1] ? one : most));
