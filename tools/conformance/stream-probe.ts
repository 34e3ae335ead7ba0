import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { waitFor } from '../support/measure.ts';

/** The tables of the probe, each with a mapping of its own to the function of probe-function.cjs. */
export const PROBES = ['order', 'part', 'poison'] as const;
export type ProbeName = (typeof PROBES)[number];

/** Of the table `poison`: how often what fails is tried again. */
export const RETRIES = 2;

interface MappingProperties {
  FilterCriteria?: { Filters: { Pattern: string }[] };
  BisectBatchOnFunctionError?: boolean;
  MaximumRetryAttempts?: number;
}

/** The mappings, by CloudFormation's own names. They wait for a batch to fill, so that it has several records. */
export const MAPPINGS: Record<ProbeName, MappingProperties> = {
  order: { FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"type":{"S":["shown"]}}}}' }] } },
  part: {},
  poison: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: RETRIES },
};
export const BATCH_SIZE = 10;
export const BATCH_SECONDS = 3;

export interface StreamProbe {
  tables: Record<ProbeName, string>;
  /** What the function was invoked with: the names of each batch, in the order of the invocations. */
  invocations(): Promise<string[][]>;
  stop(): Promise<void>;
}

/** The tables that the probe writes to. It creates them at the first call. */
export interface Probed {
  dynamodb: DynamoDBClient;
  /** Tables with streams, and a function that fails as it is told to. */
  streamProbe(): Promise<StreamProbe>;
}

/** The batches of each table. */
export type Observation = Record<ProbeName, string[][]>;

const CHANGES = 12;
/** Longer than a batch takes to fill, so that the record fails at least once. */
const FAILS_MS = 8_000;
const WITHIN_MS = 180_000;

const observations = new WeakMap<Probed, Promise<Observation>>();

/** Writes to the tables, once for each target, and tells what the function was invoked with. */
export const observe = (target: Probed): Promise<Observation> => {
  const known = observations.get(target) ?? watch(target);
  observations.set(target, known);
  return known;
};

const watch = async (target: Probed): Promise<Observation> => {
  const probe = await target.streamProbe();
  const { tables } = probe;
  const put = (table: ProbeName, sk: string, item: Record<string, string>) =>
    putItem(target.dynamodb, tables[table], sk, item);
  for (let at = 1; at <= CHANGES; at++) {
    await put('order', 'one', { name: `order-${at}`, type: 'shown' });
    await put('order', 'one', { name: `hidden-${at}`, type: 'hidden' });
  }
  const failsUntil = String(Date.now() + FAILS_MS);
  for (const at of [1, 2, 3, 4]) await put('part', String(at), { name: `part-${at}`, ...(at === 2 && { failsUntil }) });
  for (const at of [1, 2, 3, 4]) {
    await put('poison', String(at), { name: `poison-${at}`, ...(at === 3 && { fails: 'always' }) });
  }
  let seen: Observation = { order: [], part: [], poison: [] };
  const isOver = async () => {
    seen = partByTable(await probe.invocations());
    const alone = seen.poison.filter((names) => names.join() === 'poison-3').length;
    return (
      seen.order.flat().includes(`order-${CHANGES}`) &&
      Date.now() > Number(failsUntil) + FAILS_MS &&
      seen.part.flat().filter((name) => name === 'part-4').length > 1 &&
      seen.poison.some((names) => names.includes('poison-4') && !names.includes('poison-3')) &&
      alone > 0
    );
  };
  // What has not come by then is what the checks find.
  await waitFor('the records', isOver, WITHIN_MS).catch(() => {});
  return seen;
};

const partByTable = (batches: string[][]): Observation => {
  const of = (...prefixes: string[]) =>
    batches.filter(([name = '']) => prefixes.some((prefix) => name.startsWith(prefix)));
  return { order: of('order', 'hidden'), part: of('part'), poison: of('poison') };
};

const putItem = (client: DynamoDBClient, TableName: string, sk: string, item: Record<string, string>) =>
  client.send(
    new PutItemCommand({
      TableName,
      Item: {
        pk: { S: 'probe' },
        sk: { S: sk },
        ...Object.fromEntries(
          Object.entries(item).map(([name, value]) => [name, name === 'failsUntil' ? { N: value } : { S: value }]),
        ),
      },
    }),
  );
