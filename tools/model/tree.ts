import type { Delivery } from '../../src/follows/edge.ts';
import type { Prices } from '../cost/prices.ts';
import units from '../cost/units.json' with { type: 'json' };

/** A task refers to a thought, in less than 1 KB; it is put once and deleted once. */
const WRITE_UNITS_PER_TASK = 2;
/**
 * One partition key takes so many read units a second, and an author's edges stand in one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const READS_OF_A_KEY = 3_000;
/** So many invocations at once have the tasks of one of the stream's shards. */
const LANES = 10;
const UNITS = { entry: units.follower_entry, push: units.follower_push } satisfies Record<Delivery, object>;
/** Presence is looked at once for a push, and once more for an entry; the rest is the edge. */
const READS_OF_AN_EDGE = units.follower_push.reads - 1;

export interface TreeModel {
  pageSize: number;
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
  memoryGb: number;
}

export interface Tree {
  invocations: number;
  depth: number;
}

/** The tree of invocations that reaches an audience: a page, then the rest in even parts. */
export const treeOf = (audience: number, { pageSize, width }: Pick<TreeModel, 'pageSize' | 'width'>): Tree => {
  const known = new Map<number, Tree>();
  const tree = (size: number): Tree => {
    const before = known.get(size);
    if (before) return before;
    const rest = size - pageSize;
    let result: Tree = { invocations: 1, depth: 1 };
    if (rest > 0) {
      const parts = Math.min(width, Math.ceil(rest / pageSize));
      const large = tree(Math.ceil(rest / parts));
      const small = tree(Math.floor(rest / parts));
      const larger = rest % parts;
      result = {
        invocations: 1 + larger * large.invocations + (parts - larger) * small.invocations,
        depth: 1 + large.depth,
      };
    }
    known.set(size, result);
    return result;
  };
  return tree(audience);
};

/** What takes longest decides. */
export interface Seconds {
  /** The hops down the tree. */
  hops: number;
  /** The functions. */
  invocations: number;
  /** The table's writes, and its reads. */
  writes: number;
  reads: number;
  /** The one partition that holds the edges. */
  edges: number;
}

/** One thought to all followers of its author, none of them connected. */
export const fanOutOf = (audience: number, delivery: Delivery, model: TreeModel, { dynamodb, lambda }: Prices) => {
  const { invocations, depth } = treeOf(audience, model);
  const { reads: readsEach, writes: writesEach } = UNITS[delivery];
  const writes = audience * writesEach + (invocations - 1) * WRITE_UNITS_PER_TASK;
  const reads = audience * readsEach;
  const busySeconds = audience / model.invocationFollowers;
  const dollars =
    (writes * dynamodb.millionWrites + reads * dynamodb.millionReads + invocations * lambda.millionRequests) / 1e6 +
    busySeconds * model.memoryGb * lambda.gbSecond;
  const page = Math.min(audience, model.pageSize) / model.invocationFollowers;
  const seconds: Seconds = {
    hops: depth * (page + model.hopSeconds),
    invocations: busySeconds / (LANES * model.shards),
    writes: writes / model.tableWrites,
    reads: reads / model.tableReads,
    edges: (audience * READS_OF_AN_EDGE) / READS_OF_A_KEY,
  };
  return { audience, invocations, depth, writes, reads: Math.round(reads), dollars, seconds };
};

/** What bounds a fan-out, and for how long. */
export const boundOf = (seconds: Seconds): [keyof Seconds, number] =>
  (Object.entries(seconds) as [keyof Seconds, number][]).reduce((most, one) => (one[1] > most[1] ? one : most));
