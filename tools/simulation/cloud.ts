import { Concurrency, TokenBucket } from '../../local/aws/account.ts';
import { SimulatedGateway } from '../../local/aws/api-gateway.ts';
import { Usage } from '../../local/aws/dynamodb/usage.ts';
import { eventSourceInvoke } from '../../local/aws/event-source.ts';
import { SimulatedHttpApi } from '../../local/aws/http-api.ts';
import { AWS_LAMBDA, type Environment, LambdaFunction } from '../../local/aws/lambda.ts';
import { type ItemChange, SimulatedStream } from '../../local/aws/stream.ts';
import { MemoryCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { createHttpFunction } from '../../src/http/function.ts';
import { readSettings } from '../../src/settings.ts';
import { createStreamFunction } from '../../src/stream/function.ts';
import type { Table } from '../../src/table/table.ts';
import { createWebSocketFunction } from '../../src/websocket/function.ts';
import { Database } from './database.ts';
import { runtimeIn, socketsIn } from './environment.ts';
import type { Faults } from './faults.ts';
import { MAPPING } from './mapping-settings.ts';
import { type AnyHandler, meteredHandler, type Units } from './metered-handler.ts';
import type { Plan } from './plan-types.ts';
import { faultText } from './step-text.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';
import { worldOf } from './world.ts';

/** Lambda reads a shard four times a second. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const POLL_MS = 250;
/** A shard that splits ends, and its children are looked for then. */
const SHARD_POLL_MS = 20_000;
/** Batches that a poller finished after its last checkpoint are repeated when it ends. AWS states no number. */
const SAVE_MS = 10_000;

export interface CloudOptions {
  plan: Plan;
  time: VirtualTime;
  trace: Trace;
  faults: Faults;
  onPush: (connectionId: string, frame: string) => void;
  /** Units of the table that one invocation used. */
  onUsage: (route: string, units: Units, limit: number) => void;
  /** Each change of an item, as the stream will have it. */
  onChange?: (change: ItemChange) => void;
}

/** The account: the real functions, and AWS's services around them. */
export class Cloud {
  readonly database: Database;
  readonly stream: SimulatedStream;
  readonly gateway: SimulatedGateway;
  readonly http: SimulatedHttpApi;
  mapping: EventSourceMapping;
  #checkpoints: MemoryCheckpoints;
  readonly #mapping: () => EventSourceMapping;
  /** Records and batches that ended in the failure bucket. */
  readonly failures: string[] = [];

  constructor({ plan, time, trace, faults, onPush, onUsage, onChange = () => {} }: CloudOptions) {
    const { seed, conditions } = plan;
    const part = (name: string) => worldOf(time, seed, name);
    this.stream = new SimulatedStream(part('stream'), { shards: conditions.shards, lagMs: [50, 400] });
    this.database = new Database(part('database'), conditions, (change) => {
      onChange(change);
      this.stream.write(change);
    });
    const settings = readSettings({
      TABLE_NAME: this.database.tableName,
      FAN_OUT_PAGE_SIZE: String(conditions.pageSize),
      FAN_OUT_WIDTH: String(conditions.width),
      FAN_OUT_WRITES_PER_SECOND: String(conditions.writesPerSecond),
    });
    const concurrency = new Concurrency(conditions.concurrency);
    const requests = new TokenBucket(conditions.requestsPerSecond, conditions.requestsPerSecond / 2);
    const lambda = (name: string, timeoutMs: number, create: (environment: Environment, usage: Usage) => unknown) =>
      new LambdaFunction({
        runtime: part(name),
        limits: { ...AWS_LAMBDA, timeoutMs, clockSkewMs: conditions.clockSkewMs },
        concurrency,
        create: (environment) => {
          const usage = new Usage();
          return meteredHandler({ name, usage, handler: create(environment, usage) as AnyHandler, onUsage });
        },
        crashRate: () => faults.crashRate,
        onFault: (fault) => trace.add(name, faultText(fault)),
      });
    const wiring = (environment: Environment, usage: Usage) => {
      const runtime = runtimeIn(environment);
      const guard = <T>(promise: Promise<T>) => environment.guard(promise);
      const table: Table = new DynamoTable({
        dynamoDb: this.database.client(runtime, usage, guard),
        name: this.database.tableName,
        runtime,
        batches: this.database.client(runtime, usage, guard, 1),
        writesPerSecond: settings.fanOutRates.writes,
      });
      return { settings, runtime, table, sockets: socketsIn(environment, this.gateway) };
    };
    const http = lambda('http', 10_000, (environment, usage) => createHttpFunction(wiring(environment, usage)));
    this.http = new SimulatedHttpApi({
      runtime: part('http-api'),
      requests,
      invoke: (event) => http.invoke(event),
      latencyMs: [10, 80],
    });
    const webSocket = lambda('websocket', 10_000, (environment, usage) =>
      createWebSocketFunction(wiring(environment, usage)),
    );
    const parking = {
      park: async (record: { eventID?: string }, error: unknown) => {
        this.failures.push(`parked ${record.eventID}: ${error}`);
      },
    };
    const streamFunction = lambda('stream', 60_000, (environment, usage) =>
      createStreamFunction({ ...wiring(environment, usage), parking }),
    );
    this.gateway = new SimulatedGateway({
      runtime: part('gateway'),
      requests,
      network: { latencyMs: [10, 80] },
      invoke: (event) => webSocket.invoke(event),
      postFault: (id, frame) => faults.ofPush(id, frame),
      dropsDisconnect: () => faults.dropsDisconnect(),
      onFault: (fault, id) => trace.add('gateway', faultText(fault), () => ` (${faults.ownerOf(id) ?? id})`),
      onPush,
    });
    this.#checkpoints = new MemoryCheckpoints();
    this.#mapping = () =>
      new EventSourceMapping({
        source: this.stream,
        settings: { ...MAPPING, batchSize: Math.min(MAPPING.batchSize, 100) },
        functionName: 'stream',
        invoke: eventSourceInvoke((event) => streamFunction.invoke(event), {
          runtime: part('event-source'),
          repeatRate: () => faults.repeatRate,
          isLate: () => faults.isStreamLate,
          onFault: (fault) => trace.add('mapping', faultText(fault)),
        }),
        agesFrom: 'creation',
        checkpoints: this.#checkpoints,
        destination: async ({ body }) => {
          this.failures.push(`given up: ${body.slice(0, 300)}`);
        },
        report: (message) => trace.add('mapping', message.split('\n')[0] ?? ''),
        runtime: part('mapping'),
        pollMs: POLL_MS,
        shardPollMs: SHARD_POLL_MS,
        saveMs: SAVE_MS,
      });
    this.mapping = this.#mapping();
  }

  /** The mapping's poller ends, and another continues from the last checkpoint: batches that were done since then are repeated. */
  async restartMapping(): Promise<void> {
    void this.mapping.stop();
    const saved = await this.#checkpoints.load();
    this.#checkpoints = new MemoryCheckpoints();
    await this.#checkpoints.save(saved);
    this.mapping = this.#mapping();
    await this.mapping.start();
  }
}
