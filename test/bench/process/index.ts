import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { functionEnvironment } from '../../../local/stack.ts';
import { connectTable } from '../../../src/dynamodb/client.ts';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { realRuntime } from '../../../src/runtime/runtime.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStreamFunction } from '../../../src/stream/function.ts';
import { bars } from '../../../tools/support/plot.ts';
import { cpuOf, inTurns } from '../support/cpu.ts';
import { Report } from '../support/report.ts';
import { InstantTable } from './instant-table.ts';
import { createStraightforward } from './straightforward.ts';
import { createTable, post, type Shape, seed } from './world.ts';

const SHAPE: Shape = { name: 'author', authors: 100, followers: 10, connected: 2 };
const ROUNDS = { rounds: 21, warmUp: 6 };
const TABLE = 'thoughts';
const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

const wire = fork(new URL('./wire.ts', import.meta.url));
const sink = fork(new URL('../push/sink.ts', import.meta.url));
const [[port], [{ http }]] = (await Promise.all([once(wire, 'message'), once(sink, 'message')])) as [
  [number],
  [{ http: number }],
];
const [dynamodb, management] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${http}`];
Object.assign(process.env, functionEnvironment({ dynamodb, s3: dynamodb, management, table: TABLE }));

const client = new DynamoDBClient();
await createTable(client, TABLE);
const [stored, memory] = [connectTable(TABLE), new InstantTable()];
await seed(stored, SHAPE);
await seed(memory, SHAPE);

const { handler } = (await import('../../../functions/stream.ts')) as { handler: Handler };
const ourOwn: Handler = createStreamFunction({
  settings: readSettings(process.env),
  table: memory,
  sockets: new GatewaySockets(),
  parking: { park: (_, error) => Promise.reject(error) },
  runtime: realRuntime,
});
const straightforward: Handler = createStraightforward(client, TABLE, new ApiGatewayManagementApiClient());

/** CPU of one batch in microseconds a record. */
const run = (handle: Handler, table: typeof stored) => async () => {
  const event = await post(table, SHAPE);
  let response: DynamoDBBatchResponse | undefined;
  const micros = await cpuOf(async () => {
    response = await handle(event, context);
  });
  if (response?.batchItemFailures.length !== 0) throw new Error('The batch has failures');
  return micros / SHAPE.authors;
};

/** How many requests our own function makes for each record of one batch, by operation. */
const requestsOfRecord = async (): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  const count = (message: unknown) => {
    const name = (message as { name: string }).name.replace('DynamoDB_20120810.', '').replace('POST /@', '');
    const operation = name.replace(/\W/g, '');
    counts.set(operation, (counts.get(operation) ?? 0) + 1 / SHAPE.authors);
  };
  const event = await post(stored, SHAPE);
  subscribe('deep-thoughts.request', count);
  await handler(event, context);
  unsubscribe('deep-thoughts.request', count);
  return counts;
};

const report = new Report('process');
const { ours, other, own } = await inTurns(
  { ours: run(handler, stored), other: run(straightforward, stored), own: run(ourOwn, memory) },
  ROUNDS,
);
const requests = await requestsOfRecord();
wire.disconnect();
sink.disconnect();
const perSecond = (micros: number) => 1e6 / micros;
report.figure('stream.records_per_cpu_s', perSecond(ours), '1/s');
report.figure('stream.powertools_records_per_cpu_s', perSecond(other), '1/s');
report.figure('stream.records_ratio', other / ours, 'ratio');
report.figure('stream.records_per_cpu_s_without_client', perSecond(own), '1/s');
for (const [name, count] of requests) report.figure(`stream.requests_per_record.${name}`, count, '1');
report.text(
  `Batches of ${SHAPE.authors} thoughts by as many authors, each with ${SHAPE.followers} followers, of whom ${SHAPE.connected} are connected: stream records for each second of CPU. Median of ${ROUNDS.rounds} batches.

- "Ours" is \`functions/stream.ts\`.
- "Powertools" is its BatchProcessor with the handler that one writes first: followers, entries, presence, pushes. It paces, retries and orders nothing.
- Both talk to the same table and sockets at the wire, in other processes.
- "Without the client" is ours on a table that answers at once from memory. It shows what is left without DynamoDB's client.`,
);
const row = (label: string, micros: number) => [label, Math.round(perSecond(micros)), `${micros.toFixed(0)} µs`];
report.table([
  ['', 'records per CPU-second', 'CPU a record'],
  row('ours', ours),
  row('Powertools', other),
  row('ours, without the client', own),
]);
const counted = [...requests].map(([name, count]) => `${name} ${count.toFixed(2)}`).join(', ');
report.text(
  `Ours makes ${(other / ours).toFixed(2)} times as many. Requests for each record, shared ones in parts: ${counted}.`,
);
report.plot(
  'process',
  'Stream records for each second of CPU',
  bars('Stream records for each second of CPU', '', [
    { label: 'ours', value: perSecond(ours) },
    { label: 'Powertools', value: perSecond(other) },
    { label: 'ours, without the client', value: perSecond(own) },
  ]),
);
report.write();
process.exit();
