import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { FileCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../../local/event-source-mapping/stream-source.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { freshTable } from '../support/real-table.ts';

let world: Awaited<ReturnType<typeof freshTable>>;
let streams: DynamoDBStreamsClient;
let folder: string;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  world = await freshTable(inject('engine'));
  streams = new DynamoDBStreamsClient({
    endpoint: inject('engine'),
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  folder = await mkdtemp(join(tmpdir(), 'mapping-'));
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true, force: true });
});

/** A mapping over the table's stream, with checkpoints in a file. */
const start = async (event: object = {}, handler: (records: StreamRecord[]) => unknown = () => undefined) => {
  const delivered: StreamRecord[] = [];
  const mapping = new EventSourceMapping({
    source: new DynamoStreamSource(streams, world.streamArn),
    settings: readMappingSettings({ functionResponseType: 'ReportBatchItemFailures', ...event }),
    functionName: 'stream',
    invoke: async ({ Records }) => {
      delivered.push(...Records);
      return handler(Records);
    },
    checkpoints: new FileCheckpoints(join(folder, 'checkpoints.json'), world.streamArn),
  });
  await mapping.start();
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= mapping.stop());
  stops.push(stop);
  return { mapping, delivered, stop };
};

const put = (sk: string, more: object = {}) =>
  world.table.write([{ put: { pk: 'USER#a', sk, type: 'thought', ...more } }]);
const sortKeys = (records: StreamRecord[]) => records.map(({ dynamodb }) => (dynamodb.Keys.sk as { S: string }).S);

describe('a write to the table', () => {
  it("arrives as a record of Lambda's shape", async () => {
    const { delivered } = await start();
    await put('1', { text: 'ünï', seq: 7, topics: ['aws'], image: { width: 5 }, isNew: true });
    await waitFor('the record', () => delivered.length === 1);
    expect(delivered).toEqual([
      {
        eventID: expect.stringMatching(/.+/),
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: expect.stringMatching(/.+/),
        eventSourceARN: world.streamArn,
        dynamodb: {
          ApproximateCreationDateTime: expect.any(Number),
          Keys: { pk: { S: 'USER#a' }, sk: { S: '1' } },
          NewImage: {
            pk: { S: 'USER#a' },
            sk: { S: '1' },
            type: { S: 'thought' },
            text: { S: 'ünï' },
            seq: { N: '7' },
            topics: { L: [{ S: 'aws' }] },
            image: { M: { width: { N: '5' } } },
            isNew: { BOOL: true },
          },
          SequenceNumber: expect.stringMatching(/^\d+$/),
          SizeBytes: expect.any(Number),
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
    ]);
    const age = Date.now() / 1000 - (delivered[0]?.dynamodb.ApproximateCreationDateTime ?? 0);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(300);
  });

  it('comes with the old and the new image when it changes an item, and only the old when it deletes', async () => {
    const { delivered } = await start();
    await put('1', { text: 'first' });
    await put('1', { text: 'second' });
    await world.table.write([{ delete: { pk: 'USER#a', sk: '1' } }]);
    await waitFor('the records', () => delivered.length === 3);
    const images = delivered.map(({ eventName, dynamodb: { OldImage, NewImage } }) => [
      eventName,
      OldImage?.text,
      NewImage?.text,
    ]);
    expect(images).toEqual([
      ['INSERT', undefined, { S: 'first' }],
      ['MODIFY', { S: 'first' }, { S: 'second' }],
      ['REMOVE', { S: 'second' }, undefined],
    ]);
    expect(delivered[2]?.dynamodb).not.toHaveProperty('NewImage');
    const sequences = delivered.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(sequences).toEqual([...sequences].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(delivered.map(({ eventID }) => eventID)).size).toBe(3);
  });

  it('arrives in the order of its item, however many writes came before', async () => {
    const writes = Array.from({ length: 1_200 }, (_, at) => ({
      put: { pk: `USER#${at % 40}`, sk: String(at).padStart(5, '0'), type: 'thought' },
    }));
    // A busy machine may take longer than a function would wait.
    await world.unpaced.batchWrite(writes, { deadline: Number.POSITIVE_INFINITY });
    for (let version = 1; version <= 20; version++) await put('versions', { version });
    const { delivered, mapping } = await start({ batchSize: 100, parallelizationFactor: 10 });
    await waitFor('all records', () => delivered.length >= 1_220 && mapping.underWay === 0, 30_000);
    expect(delivered).toHaveLength(1_220);
    const versions = delivered.flatMap(({ dynamodb }) => (dynamodb.NewImage?.version as { N: string }) ?? []);
    expect(versions.map(({ N }) => Number(N))).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });
});

describe('checkpoints in a file', () => {
  it('survive a restart: finished records do not come again, and records written meanwhile arrive', async () => {
    const first = await start();
    for (const sk of ['1', '2', '3']) await put(sk);
    await waitFor('the first', () => first.delivered.length === 3 && first.mapping.underWay === 0);
    await first.stop();
    await put('4');
    const second = await start();
    await put('5');
    await waitFor('the others', () => second.delivered.length >= 2);
    expect(sortKeys(second.delivered)).toEqual(['4', '5']);
  });

  it('survive a restart before anything is done: everything comes again', async () => {
    const first = await start({}, () => {
      throw new Error('crashed');
    });
    for (const sk of ['1', '2']) await put(sk);
    await waitFor('a retry', () => first.mapping.retries > 0 && first.mapping.underWay === 2);
    await first.stop();
    const second = await start();
    await waitFor('both', () => second.delivered.length === 2);
    expect(sortKeys(second.delivered)).toEqual(['1', '2']);
  });
});

describe('a record that always fails', () => {
  it('does not hold up the items of other lanes on the real stream', async () => {
    const { delivered, mapping } = await start({ batchSize: 1, parallelizationFactor: 10 }, (records) => {
      if (sortKeys(records).includes('poison')) throw new Error('crashed');
    });
    await put('poison');
    for (let at = 0; at < 40; at++) await put(`fine-${at}`);
    const fine = () => new Set(sortKeys(delivered).filter((sk) => sk !== 'poison')).size;
    await waitFor('the others', () => fine() >= 20 && mapping.retries > 0);
    expect(mapping.underWay).toBeGreaterThan(0);
  });
});
