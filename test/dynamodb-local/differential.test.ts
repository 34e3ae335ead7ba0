import * as sdk from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, inject, it } from 'vitest';
import { DynamoDbEngine } from '../../local/aws/dynamodb/engine.ts';
import type { StreamRecord } from '../../local/aws/dynamodb/types.ts';
import { seededRandom } from '../../local/faults/random.ts';
import { compareAnswers, outcomeOf, recordsByKey } from '../support/differential.ts';
import { RandomCommands } from '../support/random-commands.ts';
import { readStream } from '../support/read-stream.ts';
import { engineClient } from '../support/real-table.ts';

/** `COMMANDS=10000 SEED=2 npx vitest run --project dynamodb-local differential` compares more of them. */
const COMMANDS = Number(process.env.COMMANDS ?? 1_000);
const SEED = Number(process.env.SEED ?? 1);

const COMMAND_CLASSES = Object.fromEntries(
  Object.entries(sdk).flatMap(([name, made]) => (name.endsWith('Command') ? [[name.slice(0, -7), made]] : [])),
) as unknown as Record<string, new (input: object) => sdk.GetItemCommand>;

const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];

const tableInput = (TableName: string): sdk.CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map((AttributeName) => ({
    AttributeName,
    AttributeType: AttributeName === 'gsi2sk' ? 'N' : 'S',
  })),
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'gsi1', KeySchema: keySchema('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } },
    {
      IndexName: 'gsi2',
      KeySchema: keySchema('gsi2pk', 'gsi2sk'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n', 's'] },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
});

describe('the engine beside DynamoDB Local', () => {
  it(`gives the same answers and errors to ${COMMANDS} random commands, and the same stream`, {
    timeout: 60_000 + COMMANDS * 60,
  }, async () => {
    const endpoint = inject('engine');
    const client = engineClient(endpoint);
    const records: StreamRecord[] = [];
    const engine = new DynamoDbEngine({ onRecord: (record) => void records.push(record) });
    const table = tableInput(`differential-${crypto.randomUUID()}`);
    const { TableDescription } = await client.send(new sdk.CreateTableCommand(table));
    engine.execute('CreateTable', table, { now: 0 });
    const commands = new RandomCommands(table.TableName ?? '', seededRandom(SEED));

    const counts = new Map<string, number>();
    for (let at = 0; at < COMMANDS; at++) {
      const command = commands.next();
      const { operation, input } = command;
      const Command = COMMAND_CLASSES[operation] ?? sdk.GetItemCommand;
      const local = await outcomeOf(() => client.send(new Command(structuredClone(input) as never)));
      const own = await outcomeOf(() => engine.execute(operation, structuredClone(input) as never, { now: at }));
      const verdict = compareAnswers(command, local, own);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (verdict === 'different') expect({ at, command, answer: own }).toEqual({ at, command, answer: local });
    }
    if (process.env.COMMANDS) console.log(Object.fromEntries(counts));
    expect(counts.get('same') ?? 0).toBeGreaterThan(COMMANDS * 0.8);

    const { credentials } = client.config;
    const streams = new DynamoDBStreamsClient({ endpoint, region: 'local', credentials });
    const streamed = await readStream(streams, TableDescription?.LatestStreamArn ?? '');
    expect(recordsByKey(records)).toEqual(recordsByKey(streamed));
    streams.destroy();
    client.destroy();
  });
});
