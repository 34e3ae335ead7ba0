import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { functionEnvironment } from '../../../local/stack.ts';
import { connectTable } from '../../../src/dynamodb/client.ts';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { realRuntime } from '../../../src/runtime/runtime.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStreamFunction } from '../../../src/stream/function.ts';
import type { Table } from '../../../src/table/table.ts';
import { lines } from '../../../tools/support/plot.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { createTable, eventOf, post, type Shape, seed } from '../process/world.ts';
import { cpuOf, median } from '../support/cpu.ts';
import { Report } from '../support/report.ts';
import { withTasks } from '../support/tasks.ts';

const FOLLOWERS = [10, 100, 1_000, 10_000, 100_000];
const CONNECTIONS = [1, 10, 100, 1_000, 10_000];
const BATCHES = [1, 10, 100, 1_000];
const ROUNDS = 3;
const TABLE = 'thoughts';
const context = { getRemainingTimeInMillis: () => 600_000 } as Context;

const wire = fork(new URL('../process/wire.ts', import.meta.url));
const sink = fork(new URL('../push/sink.ts', import.meta.url));
const [[port], [{ http }]] = (await Promise.all([once(wire, 'message'), once(sink, 'message')])) as [
  [number],
  [{ http: number }],
];
const [dynamodb, management] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${http}`];
Object.assign(process.env, functionEnvironment({ dynamodb, s3: dynamodb, management, table: TABLE }));
await createTable(new DynamoDBClient(), TABLE);
const tapped = withTasks(connectTable(TABLE));
const { table } = tapped;
const sockets = new GatewaySockets();

/** The stream function as it is deployed, but for the rate limiter, on this table. */
const functionOn = (on: Table): ((event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>) =>
  createStreamFunction({
    settings: readSettings(process.env),
    table: on,
    sockets,
    parking: { park: (_, error) => Promise.reject(error) },
    runtime: realRuntime,
  });
const handler = functionOn(table);

/** Thoughts and then their tasks, until nothing is left to deliver. */
const deliver = async (event: DynamoDBStreamEvent, handle: typeof handler): Promise<void> => {
  for (let next = event; next.Records.length > 0; next = eventOf(tapped.take())) {
    const { batchItemFailures } = await handle(next, context);
    if (batchItemFailures.length > 0) throw new Error('The batch has failures');
  }
};

interface Growth {
  /** Of whatever grows. */
  size: number;
  cpuMs: number;
  ms: number;
  memoryMb: number;
  /** By AWS's rules. */
  readUnits: number;
  writeUnits: number;
}

/** Time, CPU and memory of a round, and then the units of one more, because counting takes CPU. */
const grow = async (size: number, shape: Shape): Promise<Growth> => {
  await seed(table, shape);
  const rounds: { cpuMs: number; ms: number; memoryMb: number }[] = [];
  for (let round = 0; round < ROUNDS && (round === 0 || size < 100_000); round++) {
    const event = await post(table, shape);
    global.gc?.();
    const startedAt = performance.now();
    const cpuMs = (await cpuOf(() => deliver(event, handler))) / 1000;
    const ms = performance.now() - startedAt;
    rounds.push({ cpuMs, ms, memoryMb: process.memoryUsage().rss / 2 ** 20 });
  }
  const metered = new MeteredTable(table);
  await deliver(await post(table, shape), functionOn(metered));
  return {
    size,
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    ms: median(rounds.map(({ ms }) => ms)),
    memoryMb: Math.max(...rounds.map(({ memoryMb }) => memoryMb)),
    readUnits: metered.reads,
    writeUnits: metered.writes,
  };
};

const report = new Report('growth');
const PLOTS = [
  { name: '', what: 'CPU and time', unit: 'ms', series: { CPU: 'cpuMs', time: 'ms' } },
  { name: '-memory', what: 'Memory', unit: 'MB', series: { memory: 'memoryMb' } },
  { name: '-units', what: 'Capacity units', unit: 'units', series: { read: 'readUnits', write: 'writeUnits' } },
] as const;

const write = (name: string, what: string, list: Growth[]): void => {
  for (const { size, cpuMs, ms, memoryMb, readUnits, writeUnits } of list) {
    report.figure(`growth.${name}_${size}.cpu_ms`, cpuMs, 'ms');
    report.figure(`growth.${name}_${size}.ms`, ms, 'ms');
    report.figure(`growth.${name}_${size}.memory_mb`, memoryMb, 'MB');
    report.figure(`growth.${name}_${size}.read_units`, readUnits, 'RCU');
    report.figure(`growth.${name}_${size}.write_units`, writeUnits, 'WCU');
  }
  const rows = list.map(({ size, cpuMs, ms, memoryMb, readUnits, writeUnits }) => [
    size.toLocaleString('en'),
    `${cpuMs.toFixed(1)} ms`,
    `${((cpuMs * 1000) / size).toFixed(0)} µs`,
    `${ms.toFixed(0)} ms`,
    `${memoryMb.toFixed(0)} MB`,
    (readUnits / size).toFixed(2),
    (writeUnits / size).toFixed(2),
  ]);
  report.table([[what, 'CPU', 'CPU each', 'time', 'memory', 'read units each', 'write units each'], ...rows]);
  for (const plot of PLOTS) {
    const title = `${plot.what} by ${what}`;
    const series = Object.entries(plot.series).map(([label, pick]) => ({
      label,
      points: list.map((growth) => ({ x: growth.size, y: growth[pick as keyof Growth] })),
    }));
    report.plot(`growth-${name}${plot.name}`, title, lines(title, [what, plot.unit], series));
  }
};

// So that what is compiled on the way counts for none of them.
await grow(100, { name: 'warm', authors: 100, followers: 10, connected: 2 });
const connections: Growth[] = [];
for (const size of CONNECTIONS) {
  connections.push(await grow(size, { name: `heard_${size}`, authors: 1, followers: size, connected: size }));
}
const batches: Growth[] = [];
for (const size of BATCHES) {
  batches.push(await grow(size, { name: `batch_${size}`, authors: size, followers: 10, connected: 2 }));
}
// The largest audience comes last: what it leaves in the table makes the engine slower.
const followers: Growth[] = [];
for (const size of FOLLOWERS) {
  followers.push(await grow(size, { name: `followed_${size}`, authors: 1, followers: size, connected: 0 }));
}
wire.disconnect();
sink.disconnect();

report.text(
  `One thought, or one batch of thoughts, through the stream function and all tasks that it leaves, until everybody has it. Table and sockets are at the wire, in
other processes. There is no rate limiter. Median of ${ROUNDS} rounds (one for 100,000). Memory is the resident memory of the measured process, which has also
made all the followers before. Units are counted by AWS's rules in one more round.`,
);
report.text(
  `What bounds each, on AWS:

- followers: the table's write units, one for each entry, and the pace that finds them, with ${readSettings(process.env).fanOut.width} tasks side by side ([scale](scale.md))
- connections: API Gateway's 10,000 requests a second of an account
- a batch: the CPU of one environment. A batch has at most 100 records there, and the stream's shards and their ten lanes each take batches side by side.`,
);
write('followers', 'followers, none connected', followers);
write('connections', 'followers, all connected', connections);
write('batch', 'thoughts in a batch, of authors with 10 followers, 2 of them connected', batches);
report.write();
process.exit();
