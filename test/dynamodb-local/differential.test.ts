import * as sdk from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Engine } from '../../local/dynamodb/engine.ts';
import { startEngine } from '../../local/dynamodb/start-engine.ts';
import { seededRandom } from '../../local/faults/random.ts';
import { type Answer, compareAnswers, outcomeOf, recordsByKey } from '../support/differential.ts';
import { compareTableAnswers } from '../support/differential-tables.ts';
import { RandomCommands } from '../support/random-commands.ts';
import { RandomTableCommands } from '../support/random-table-commands.ts';
import { readStream } from '../support/read-stream.ts';
import { engineClient, LOCAL_ACCESS } from '../support/real-table.ts';

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
  AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk', 'lsi1sk', 'lsi2sk'].map(
    (AttributeName) => ({
      AttributeName,
      AttributeType: AttributeName === 'gsi2sk' ? 'N' : 'S',
    }),
  ),
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'gsi1', KeySchema: keySchema('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } },
    {
      IndexName: 'gsi2',
      KeySchema: keySchema('gsi2pk', 'gsi2sk'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n', 's'] },
    },
  ],
  LocalSecondaryIndexes: [
    { IndexName: 'lsi1', KeySchema: keySchema('pk', 'lsi1sk'), Projection: { ProjectionType: 'ALL' } },
    {
      IndexName: 'lsi2',
      KeySchema: keySchema('pk', 'lsi2sk'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n', 's'] },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
});

describe('the embedded engine beside DynamoDB Local', () => {
  let engine: Engine | undefined;
  let local: sdk.DynamoDBClient;
  let own: sdk.DynamoDBClient;
  beforeAll(async () => {
    engine = await startEngine({ port: 0 });
    own = engineClient(engine.endpoint);
    local = engineClient(inject('engine'));
  });
  afterAll(async () => {
    own.destroy();
    local.destroy();
    await engine?.stop();
  });

  const answersOf = async ({ operation, input }: { operation: string; input: object }) => {
    const Command = COMMAND_CLASSES[operation] ?? sdk.GetItemCommand;
    const send = (client: sdk.DynamoDBClient) =>
      outcomeOf(() => client.send(new Command(structuredClone(input) as never)));
    return Promise.all([send(local), send(own)]);
  };

  const compare = async <C extends { operation: string; input: object }>(
    count: number,
    next: () => C,
    verdictOn: (command: C, local: Answer, own: Answer) => string,
  ) => {
    const counts = new Map<string, number>();
    for (let at = 0; at < count; at++) {
      const command = next();
      const [theirs, ours] = await answersOf(command);
      const verdict = verdictOn(command, theirs, ours);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (verdict === 'different') expect({ at, command, answer: ours }).toEqual({ at, command, answer: theirs });
    }
    if (process.env.COMMANDS) console.log(Object.fromEntries(counts));
    expect(counts.get('same') ?? 0).toBeGreaterThan(count * 0.75);
  };

  it(`gives the same answers and errors to ${COMMANDS} random commands, and the same stream`, {
    timeout: 60_000 + COMMANDS * 60,
  }, async () => {
    const table = tableInput(`differential-${crypto.randomUUID()}`);
    const created = await Promise.all([local, own].map((client) => client.send(new sdk.CreateTableCommand(table))));
    const commands = new RandomCommands(table.TableName ?? '', seededRandom(SEED));
    await compare(COMMANDS, () => commands.next(), compareAnswers);

    const [theirs, ours] = await Promise.all(
      [inject('engine'), engine?.endpoint ?? ''].map(async (endpoint, at) => {
        const streams = new DynamoDBStreamsClient({ endpoint, ...LOCAL_ACCESS });
        const records = await readStream(streams, created[at]?.TableDescription?.LatestStreamArn ?? '');
        streams.destroy();
        return recordsByKey(records);
      }),
    );
    expect(Object.keys(ours ?? {}).length).toBeGreaterThan(10);
    expect(ours).toEqual(theirs);
  });

  it(`gives the same answers and errors to ${COMMANDS / 10} random commands that make, describe and delete tables`, {
    timeout: 60_000 + COMMANDS * 60,
  }, async () => {
    const prefix = `tables-${crypto.randomUUID()}-`;
    const commands = new RandomTableCommands(prefix, seededRandom(SEED));
    await compare(COMMANDS / 10, () => commands.next(), compareTableAnswers(prefix));
  });
});
