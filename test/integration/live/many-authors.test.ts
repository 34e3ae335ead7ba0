import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gap, LiveClient, ThoughtEvent } from '../../../client/index.ts';
import type { Engine } from '../../../local/dynamodb/engine.ts';
import { engineKind, startEngine } from '../../../local/dynamodb/start-engine.ts';
import { MemoryCheckpoints } from '../../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../../local/event-source-mapping/mapping.ts';
import { readMappingSettings } from '../../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../../../local/event-source-mapping/stream-source.ts';
import { freePort } from '../../../local/ports.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { LivingStack } from '../../support/living-stack.ts';
import { freshTable } from '../../support/real-table.ts';
import { mappingSettings } from '../../support/serverless-yml.ts';
import { times } from '../../support/world.ts';

const AUTHORS = times(20, (at) => `author_${at}`);
/** Twelve authors of each reader: no more than a replay brings, so that a push that was given up costs no gap. */
const EACH = 30;
/** Each reader follows twelve authors in a row, so that any two readers share some. */
const READERS = times(5, (at) => ({
  name: `reader_${at}`,
  authors: times(12, (n) => AUTHORS[(at * 4 + n) % 20] ?? ''),
}));

let engine: Engine;
let mapping: EventSourceMapping;
let stack: LivingStack;
let handled = 0;
const clients: LiveClient[] = [];
// An engine of its own: a DynamoDB Local that has seen so much is slow for all the tests that follow.
beforeAll(async () => {
  engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
  const { table, streamArn } = await freshTable(engine.endpoint);
  stack = new LivingStack({ table });
  await stack.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const streams = new DynamoDBStreamsClient({ endpoint: engine.endpoint, region: 'local', credentials });
  mapping = new EventSourceMapping({
    source: new DynamoStreamSource(streams, streamArn),
    settings: readMappingSettings(mappingSettings()),
    functionName: 'stream',
    invoke: async (event) => {
      const response = await stack.handle(event as DynamoDBStreamEvent);
      handled += event.Records.length;
      return response;
    },
    checkpoints: new MemoryCheckpoints(),
  });
  await mapping.start();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await mapping.stop();
  await stack.gateway.close();
  await engine.stop();
});

it('gives every reader each change of the authors followed, in order, though all post at once', async () => {
  for (const author of AUTHORS) await stack.stores.users.ensure(author);
  for (const { name, authors } of READERS)
    for (const author of authors) await stack.stores.follows.follow(name, author);
  await waitFor('the follows to be told', () => handled >= READERS.length * 12);
  const heard = READERS.map(({ name }) => {
    const [events, gaps]: [ThoughtEvent[], Gap[]] = [[], []];
    // All of this shares one process: a number may be late by seconds, and a push that was given up is told by a ping.
    const timings = { newcomerMs: 10_000, holeMs: 10_000, pingMs: 3_000 };
    clients.push(
      stack.listen(name, { timings, onEvent: (event) => events.push(event), onGap: (gap) => gaps.push(gap) }),
    );
    return { events, gaps };
  });
  await waitFor('the readers to be live', () => clients.every(({ state }) => state === 'live'));

  await Promise.all(
    AUTHORS.map(async (author) => {
      for (let n = 0; n < EACH; n++) await stack.post(author, `number ${n}`);
    }),
  );
  const expected = times(EACH, (at) => at + 1);
  await waitFor('the last of them', () => heard.every(({ events }) => events.length >= 12 * EACH), 40_000);
  for (const [at, { authors }] of READERS.entries()) {
    const { events = [], gaps = [] } = heard[at] ?? {};
    expect(gaps).toEqual([]);
    const numbers = Map.groupBy(events, ({ author }) => author);
    expect([...numbers.keys()].sort()).toEqual([...authors].sort());
    for (const author of authors) expect(numbers.get(author)?.map(({ seq }) => seq)).toEqual(expected);
  }
});
