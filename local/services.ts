import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { Buckets } from './buckets/buckets.ts';
import { answers } from './dynamodb/answers.ts';
import { createTable, type TableResource } from './dynamodb/create-table.ts';
import type { EngineKind } from './dynamodb/data-folder.ts';
import type { Engine } from './dynamodb/engine.ts';
import { enableTimeToLive, startSweeper } from './dynamodb/expiry.ts';
import { startEngine } from './dynamodb/start-engine.ts';
import { FileCheckpoints, MemoryCheckpoints } from './event-source-mapping/checkpoints.ts';
import type { Destination } from './event-source-mapping/destination.ts';
import { EventSourceMapping } from './event-source-mapping/mapping.ts';
import type { StreamRecord } from './event-source-mapping/records.ts';
import { readMappingSettings } from './event-source-mapping/settings.ts';
import {
  type DynamoStreamOptions,
  DynamoStreamSource,
  type StreamSource,
} from './event-source-mapping/stream-source.ts';
import { DynamoDbProxy } from './faults/dynamodb-proxy.ts';
import type { Injector } from './faults/injector.ts';
import { socketFault } from './faults/socket-faults.ts';
import { SplittingSource } from './faults/splitting-source.ts';
import { faultyInvoke } from './faults/stream-faults.ts';
import { WebSocketGateway } from './gateway/gateway.ts';
import type { GatewayRoute } from './gateway/routes.ts';
import { Issuer } from './issuer.ts';
import type { LocalFunction } from './local-function.ts';
import { startPage } from './page/start-page.ts';
import { FAILURE_BUCKET, type Stack } from './stack.ts';

export interface Ports {
  http: number;
  websocket: number;
  lambda: number;
  issuer: number;
  dynamodb: number;
  s3: number;
  page: number;
}

export interface ServiceOptions {
  ports: Ports;
  stage: string;
  tableName: string;
  table: TableResource;
  dataDir?: string | undefined;
  /** An engine that runs already; one is started when left out. */
  dynamodbEndpoint?: string | undefined;
  /** Which one is started. */
  engine: EngineKind;
  /** Milliseconds from an item's time to live until it goes. */
  expiryDelayMs: number;
  /** Milliseconds between two reads of a quiet stream; by default the engine announces new records. */
  pollMs?: number | undefined;
  /** Is told when the engine ends by itself. */
  onEngineEnd: (reason: string) => void;
  /** Faults to live with, and the port where the functions meet those of DynamoDB; none when left out. */
  faults?: { injector: Injector; proxyPort: number } | undefined;
  report: (message: string) => void;
}

/** What a WebSocket event or a stream event of serverless.yml connects to a function. */
export interface Wiring {
  routes: GatewayRoute[];
  streams: { event: unknown; target: LocalFunction; hasDestination: boolean }[];
}

/** What the event source mapping has gone through so far. */
export interface StreamFigures {
  /** Batches that came again. */
  retries: number;
  /** How often the shard was split. */
  splits: number;
}

/** Everything of a stack but HTTP: engine, table, issuer, buckets, page, WebSocket gateway, event source mapping. */
export class Services {
  readonly stack: Stack;
  readonly #stops: (() => Promise<unknown>)[];
  readonly #mappings: Mappings;

  private constructor(stack: Stack, stops: (() => Promise<unknown>)[], mappings: Mappings) {
    this.stack = stack;
    this.#stops = stops;
    this.#mappings = mappings;
  }

  get streamFigures(): StreamFigures {
    const { mappings, source } = this.#mappings;
    return {
      retries: mappings.reduce((sum, { retries }) => sum + retries, 0),
      splits: source instanceof SplittingSource ? source.splits : 0,
    };
  }

  static async start(options: ServiceOptions, wiring: Wiring): Promise<Services> {
    const { ports, stage, tableName, dataDir, faults } = options;
    const injector = faults?.injector;
    const stops: (() => Promise<unknown>)[] = [];
    const gateway = new WebSocketGateway({
      routes: wiring.routes,
      stage,
      report: options.report,
      ...(injector && {
        postFault: () => socketFault(injector),
        dropsDisconnect: () => injector.happens('sockets.noDisconnect', injector.faults.sockets.noDisconnect),
      }),
    });
    stops.push(() => gateway.close());
    const addresses = {
      http: `http://127.0.0.1:${ports.http}`,
      websocket: `ws://127.0.0.1:${ports.websocket}`,
      issuer: `http://127.0.0.1:${ports.issuer}`,
      s3: `http://127.0.0.1:${ports.s3}`,
    };
    const [{ dynamodb, engine }, issuer, buckets, page] = await Promise.all([
      openEngine(options, stops),
      Issuer.start(ports.issuer),
      Buckets.start(ports.s3, dataDir),
      startPage(ports.page, addresses),
      gateway.listen(ports.websocket),
    ]);
    stops.push(
      () => issuer.stop(),
      () => buckets.stop(),
      () => page.stop(),
    );
    if (faults) {
      // Only the functions meet the faults; the engine's other users speak with it directly.
      const restart = engine?.isDurable ? () => engine.restart() : undefined;
      const proxy = new DynamoDbProxy(dynamodb, faults.injector, { restart, report: options.report });
      stops.unshift(() => proxy.close());
      await proxy.listen(faults.proxyPort);
    }
    const client = new DynamoDBClient({ endpoint: dynamodb });
    const streamArn = await createTable(client, options.table, tableName);
    const stack: Stack = {
      ...addresses,
      pid: process.pid,
      page: page.url,
      management: `http://127.0.0.1:${ports.websocket}`,
      dynamodb,
      lambda: `http://127.0.0.1:${ports.lambda}`,
      table: tableName,
      streamArn,
    };
    let mend: ((record: StreamRecord) => StreamRecord) | undefined;
    if (engine?.kind === 'embedded') await enableTimeToLive(client, options.table, tableName);
    else {
      const sweeper = startSweeper(client, tableName, options.report);
      mend = sweeper.expired.mark;
      stops.unshift(sweeper.stop);
    }
    const mappings = createMappings(stack, wiring, options, { mend, announcements: engine?.announcements });
    return new Services(stack, stops, mappings);
  }

  /** Hands the stream's records to the functions from now on: these have to be there. */
  async readStreams(): Promise<void> {
    for (const mapping of this.#mappings.mappings) {
      await mapping.start();
      this.#stops.unshift(() => mapping.stop());
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}

const openEngine = async (
  options: ServiceOptions,
  stops: (() => Promise<unknown>)[],
): Promise<{ dynamodb: string; engine?: Engine }> => {
  const { dynamodbEndpoint, ports, dataDir, expiryDelayMs, onEngineEnd: onEnd } = options;
  if (dynamodbEndpoint) {
    if (await answers(dynamodbEndpoint)) return { dynamodb: dynamodbEndpoint };
    throw new Error(
      `Nothing answers at AWS_ENDPOINT_URL_DYNAMODB=${dynamodbEndpoint}: start that engine, or unset the variable`,
    );
  }
  const engine = await startEngine({ port: ports.dynamodb, dataDir, expiryDelayMs, onEnd }, options.engine);
  stops.push(() => engine.stop());
  return { dynamodb: engine.endpoint, engine };
};

interface Mappings {
  mappings: EventSourceMapping[];
  source: StreamSource;
}

const createMappings = (
  stack: Stack,
  { streams }: Wiring,
  { dataDir, report, faults, pollMs }: ServiceOptions,
  streamOptions: DynamoStreamOptions,
): Mappings => {
  const injector = faults?.injector;
  const streamsClient = new DynamoDBStreamsClient({ endpoint: stack.dynamodb });
  const stream = new DynamoStreamSource(streamsClient, stack.streamArn, streamOptions);
  const splitEvery = injector?.faults.splitShardEvery ?? 0;
  const source = splitEvery > 0 ? new SplittingSource(stream, splitEvery) : stream;
  // The parts of a split shard are known to this process only.
  const isDurable = dataDir !== undefined && splitEvery === 0;
  const checkpointsOf = (name: string) =>
    isDurable
      ? new FileCheckpoints(join(dataDir, `checkpoints-${name}.json`), stack.streamArn)
      : new MemoryCheckpoints();
  const enabled = streams.filter(({ event }) => (event as { enabled?: boolean }).enabled !== false);
  const mappings = enabled.map(({ event, target, hasDestination }) => {
    const invoke = (records: { Records: StreamRecord[] }) => target.invoke(records);
    return new EventSourceMapping({
      source,
      settings: readMappingSettings(event),
      functionName: target.name,
      invoke: injector ? faultyInvoke(invoke, injector) : invoke,
      checkpoints: checkpointsOf(target.name),
      destination: hasDestination ? bucketDestination() : undefined,
      report,
      ...(pollMs !== undefined && { pollMs }),
    });
  });
  return { mappings, source };
};

const bucketDestination =
  (): Destination =>
  async ({ key, body }) => {
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    await new S3Client({}).send(new PutObjectCommand({ Bucket: FAILURE_BUCKET, Key: key, Body: body }));
  };
