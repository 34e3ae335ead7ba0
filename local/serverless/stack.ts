import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { createTable } from '../dynamodb/create-table.ts';
import { EmbeddedEngine } from '../dynamodb/embedded-engine.ts';
import { enableTimeToLive } from '../dynamodb/expiry.ts';
import { FileCheckpoints, MemoryCheckpoints } from '../event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../event-source-mapping/mapping.ts';
import type { MappingSettings } from '../event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../event-source-mapping/stream-source.ts';
import { type GatewayOptions, WebSocketGateway } from '../gateway/gateway.ts';
import { createCertificate } from './certificate.ts';
import { ENGINE_WORKER } from './entries.ts';
import { destinationTo, type FailureDestination } from './failure-destination.ts';
import type { PlannedTable } from './tables.ts';

export interface Target {
  /** Its name on AWS. */
  readonly name: string;
  invoke(event: unknown): Promise<unknown>;
}

/** The tables of a service, on the embedded engine or at an endpoint. */
export class Tables {
  readonly endpoint: string;
  readonly #client: DynamoDBClient;
  readonly #region: string;
  readonly #engine: EmbeddedEngine | undefined;

  private constructor(endpoint: string, region: string, engine: EmbeddedEngine | undefined) {
    this.endpoint = endpoint;
    this.#region = region;
    this.#engine = engine;
    this.#client = new DynamoDBClient({ endpoint, region });
  }

  /**
   * @param endpoint an engine that runs already; by default one is started
   * @throws Error when the port is taken, or the engine refuses a table
   */
  static async open(
    planned: PlannedTable[],
    options: { endpoint?: string | undefined; port: number; dataDir?: string | undefined; region: string },
    onEnd: (reason: string) => void,
  ): Promise<Tables> {
    const { port, dataDir, region } = options;
    const engine = options.endpoint
      ? undefined
      : await EmbeddedEngine.start({ port, dataDir, worker: ENGINE_WORKER, onEnd });
    const tables = new Tables(engine?.endpoint ?? String(options.endpoint), region, engine);
    for (const { name, resource } of planned) {
      await createTable(tables.#client, resource, name);
      if (resource.Properties.TimeToLiveSpecification) await enableTimeToLive(tables.#client, resource, name);
    }
    return tables;
  }

  /** The ARN of the stream of a table; undefined when it has none, or there is no such table. */
  async streamOf(TableName: string): Promise<string | undefined> {
    try {
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName }));
      return Table?.LatestStreamArn;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  source(streamArn: string): DynamoStreamSource {
    return new DynamoStreamSource(
      new DynamoDBStreamsClient({ endpoint: this.endpoint, region: this.#region }),
      streamArn,
      { announcements: this.#engine?.announcements },
    );
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#engine?.stop();
  }
}

export interface Mapping {
  target: Target;
  table: string;
  streamArn: string;
  settings: MappingSettings;
  /** What is told of records that are given up. */
  destination: FailureDestination | undefined;
}

export interface MappingOptions {
  /** Keeps the checkpoint, and by default the messages about records that are given up. */
  dataDir?: string | undefined;
  destinationsDir?: string | undefined;
  pollMs?: number | undefined;
}

/** Invokes a function with a stream's records. With a folder, it continues after a restart from its checkpoint. */
export const startMapping = async (
  tables: Tables,
  { target, table, streamArn, settings, destination }: Mapping,
  { dataDir, pollMs, destinationsDir: folder = dataDir }: MappingOptions,
  report: (message: string) => void,
): Promise<EventSourceMapping> => {
  const checkpoints =
    dataDir === undefined
      ? new MemoryCheckpoints()
      : new FileCheckpoints(join(dataDir, `checkpoints-${target.name}-${table}.json`), streamArn);
  const source = tables.source(streamArn);
  const mapping = new EventSourceMapping({
    source,
    settings,
    functionName: target.name,
    invoke: (event) => target.invoke(event),
    checkpoints,
    report,
    destination:
      destination && destinationTo(destination, { folder, report, now: Date.now, newId: () => crypto.randomUUID() }),
    ...(pollMs !== undefined && { pollMs }),
  });
  await mapping.start();
  return mapping;
};

/** The gateway, and the file of the certificate that functions must trust. */
export const openGateway = async (options: Omit<GatewayOptions, 'certificate'>, port: number) => {
  const certificate = createCertificate(Date.now());
  const gateway = new WebSocketGateway({ ...options, certificate });
  const host = `localhost:${await gateway.listen(port)}`;
  const folder = mkdtempSync(join(tmpdir(), 'streams-and-sockets-'));
  const certificateFile = join(folder, 'certificate.pem');
  const others = process.env.NODE_EXTRA_CA_CERTS;
  writeFileSync(certificateFile, `${others ? readFileSync(others, 'utf8') : ''}\n${certificate.cert}`);
  return { gateway, host, certificateFile, removeFile: () => rmSync(folder, { recursive: true, force: true }) };
};
