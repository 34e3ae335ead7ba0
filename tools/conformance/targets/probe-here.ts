import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { FileCheckpoints } from '../../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../../local/event-source-mapping/mapping.ts';
import { readMappingSettings } from '../../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../../../local/event-source-mapping/stream-source.ts';
import { BATCH_SECONDS, BATCH_SIZE, MAPPINGS, PROBES, type ProbeName, type StreamProbe } from '../stream-probe.ts';

interface ProbeFunction {
  handler(event: unknown, context: { note: (line: string) => void }): Promise<unknown>;
}

const { handler } = createRequire(import.meta.url)('../probe-function.cjs') as ProbeFunction;

/** A mapping as serverless.yml would have it. */
const settingsOf = (name: ProbeName) => {
  const { FilterCriteria, BisectBatchOnFunctionError, MaximumRetryAttempts } = MAPPINGS[name];
  return readMappingSettings({
    functionResponseType: 'ReportBatchItemFailures',
    batchSize: BATCH_SIZE,
    batchWindow: BATCH_SECONDS,
    bisectBatchOnFunctionError: BisectBatchOnFunctionError,
    maximumRetryAttempts: MaximumRetryAttempts,
    filterPatterns: FilterCriteria?.Filters.map(({ Pattern }) => JSON.parse(Pattern) as Record<string, unknown>),
  });
};

const KEYS = ['pk', 'sk'] as const;

/** The probe on this laptop's engine, with this laptop's mapping. */
export const probeHere = async (dynamodb: DynamoDBClient, streams: DynamoDBStreamsClient): Promise<StreamProbe> => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-conformance-'));
  const batches: string[][] = [];
  const note = (line: string) => void batches.push((JSON.parse(line) as { probe: string[] }).probe);
  const make = async (name: ProbeName) => {
    const TableName = `conformance-${name}-${crypto.randomUUID()}`;
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: KEYS.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        KeySchema: KEYS.map((key) => ({ AttributeName: key, KeyType: key === 'pk' ? 'HASH' : 'RANGE' })),
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const streamArn = TableDescription?.LatestStreamArn ?? '';
    const mapping = new EventSourceMapping({
      source: new DynamoStreamSource(streams, streamArn),
      settings: settingsOf(name),
      functionName: 'probe',
      invoke: (event) => handler(event, { note }),
      checkpoints: new FileCheckpoints(join(folder, `${name}.json`), streamArn),
    });
    await mapping.start();
    return { name, TableName, mapping };
  };
  const made = await Promise.all(PROBES.map(make));
  return {
    tables: Object.fromEntries(made.map(({ name, TableName }) => [name, TableName])) as StreamProbe['tables'],
    invocations: async () => batches,
    stop: async () => {
      for (const { TableName, mapping } of made) {
        await mapping.stop();
        await dynamodb.send(new DeleteTableCommand({ TableName }));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
