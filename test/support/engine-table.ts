import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { createDynamoDbClient } from '../../local/aws/dynamodb/client.ts';
import { DynamoDbEngine } from '../../local/aws/dynamodb/engine.ts';
import { NO_RULES, type Rules } from '../../local/aws/dynamodb/rules.ts';
import { DynamoDbService } from '../../local/aws/dynamodb/service.ts';
import type { StreamRecord } from '../../local/aws/dynamodb/types.ts';
import type { Runtime } from '../../local/aws/runtime.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { seededRandom } from '../../local/faults/random.ts';
import { DynamoTable } from '../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../src/dynamodb/sdk-dynamo-db.ts';

/** A time that jumps to the end of each sleep, and chance that is the same in each run. */
export const steppedRuntime = (seed = 1): Runtime & { pass(ms: number): void } => {
  let now = Date.parse('2026-01-02T03:04:05.000Z');
  let count = 0;
  const random = seededRandom(seed);
  const pass = (ms: number) => {
    now += ms;
  };
  return { now: () => now, sleep: async (ms) => pass(ms), random, newId: () => `id-${++count}`, pass };
};

/** The project's table in an engine of its own, in this process. */
export const engineTable = async (rules: Rules = NO_RULES, runtime: Runtime = steppedRuntime()) => {
  const records: StreamRecord[] = [];
  const engine = new DynamoDbEngine({
    historyMs: rules.replicaLagMs,
    onRecord: (record) => void records.push(record),
  });
  const service = new DynamoDbService(engine, rules, runtime);
  const client = createDynamoDbClient(service, runtime, { maxAttempts: 5 });
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification, SSESpecification, StreamSpecification, ...rest } =
    tableResource().Properties;
  const TableName = 'thoughts';
  const stream = { StreamEnabled: true, ...(StreamSpecification as object) };
  const input = { ...rest, TableName, StreamSpecification: stream } as unknown as CreateTableCommandInput;
  await client.send(new CreateTableCommand(input));
  const pause = { now: runtime.now, sleep: runtime.sleep, random: runtime.random };
  return {
    engine,
    service,
    client,
    records,
    runtime,
    name: TableName,
    table: new DynamoTable({ dynamoDb: throughSdk(client), name: TableName, runtime: pause }),
  };
};
