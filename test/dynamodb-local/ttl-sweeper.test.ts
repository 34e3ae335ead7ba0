import { DescribeTableCommand, DescribeTimeToLiveCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { answers } from '../../local/dynamodb/answers.ts';
import { createTable } from '../../local/dynamodb/create-table.ts';
import { tableResource } from '../../local/dynamodb/table-resource.ts';
import { Expired, sweepExpired } from '../../local/dynamodb/ttl-sweeper.ts';
import { MemoryCheckpoints } from '../../local/event-source-mapping/checkpoints.ts';
import { EventSourceMapping } from '../../local/event-source-mapping/mapping.ts';
import type { StreamRecord } from '../../local/event-source-mapping/records.ts';
import { readMappingSettings } from '../../local/event-source-mapping/settings.ts';
import { DynamoStreamSource } from '../../local/event-source-mapping/stream-source.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../tools/support/measure.ts';
import { freshTable } from '../support/real-table.ts';

const NOW = 1_800_000_000;

let world: Awaited<ReturnType<typeof freshTable>>;
beforeEach(async () => {
  world = await freshTable(inject('engine'));
});

const remaining = async (): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { sk } of world.table.scan()) keys.push(sk);
  return keys.sort();
};

describe('the sweep of what has expired', () => {
  it('deletes only items whose time has passed', async () => {
    const item = (sk: string, expiresAt?: number) => ({ put: { pk: 'a', sk, type: 'thought', expiresAt } });
    await world.table.batchWrite([
      item('long ago', 1),
      item('a second ago', NOW - 1),
      item('now', NOW),
      item('in a second', NOW + 1),
      item('never'),
    ]);
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(2);
    expect(await remaining()).toEqual(['in a second', 'never', 'now']);
  });

  it('does not delete an item whose expiry is not a number', async () => {
    await world.client.send(
      new PutItemCommand({
        TableName: world.name,
        Item: { pk: { S: 'a' }, sk: { S: 'text' }, type: { S: 'thought' }, expiresAt: { S: '1' } },
      }),
    );
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(0);
    expect(await remaining()).toEqual(['text']);
  });

  it('deletes more items than one batch and one page hold, with and without index keys', async () => {
    const text = 'x'.repeat(20_000);
    const puts = Array.from({ length: 120 }, (_, at) => ({
      put: {
        ...{ pk: `p-${at}`, sk: 's', type: 'thought', text, expiresAt: at % 3 === 0 ? NOW + 60 : NOW - 60 },
        ...(at % 2 === 0 && { feedPk: 'FEED', feedSk: String(at) }),
      },
    }));
    await world.table.batchWrite(puts);
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(80);
    expect(await remaining()).toHaveLength(40);
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(0);
  });
});

describe('the record of a deletion', () => {
  const start = async (expired: Expired) => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const streams = new DynamoDBStreamsClient({ endpoint: inject('engine'), region: 'local', credentials });
    const records: StreamRecord[] = [];
    const mapping = new EventSourceMapping({
      source: new DynamoStreamSource(streams, world.streamArn, { mend: expired.mark }),
      settings: readMappingSettings({}),
      functionName: 'stream',
      invoke: async ({ Records }) => records.push(...Records),
      checkpoints: new MemoryCheckpoints(),
    });
    await mapping.start();
    return { records, mapping };
  };

  it('names the TTL service when it deleted the item, and nobody when a request did', async () => {
    const expired = new Expired();
    const put = (sk: string, expiresAt: number) =>
      world.table.write([{ put: { pk: 'a', sk, type: 'thought', expiresAt } }]);
    for (const sk of ['swept', 'swept and back']) await put(sk, NOW - 5);
    await put('deleted', NOW + 5);
    await sweepExpired(world.client, world.name, NOW, expired);
    await put('swept and back', NOW + 5);
    for (const sk of ['deleted', 'swept and back']) await world.table.write([{ delete: { pk: 'a', sk } }]);
    const { records, mapping } = await start(expired);
    const removals = () => records.filter(({ eventName }) => eventName === 'REMOVE');
    await waitFor('the removals', () => removals().length === 4);
    await mapping.stop();
    const identities = removals().map(({ dynamodb, userIdentity }) => [
      (dynamodb.Keys.sk as { S: string }).S,
      userIdentity,
    ]);
    const byTimeToLive = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    expect(identities).toHaveLength(4);
    expect(identities.slice(0, 2)).toEqual(
      expect.arrayContaining([
        ['swept', byTimeToLive],
        ['swept and back', byTimeToLive],
      ]),
    );
    expect(identities.slice(2)).toEqual([
      ['deleted', undefined],
      ['swept and back', undefined],
    ]);
  });
});

describe('the table of serverless.yml in the engine', () => {
  it('is created once, and keeps its items and its stream when it exists already', async () => {
    await world.table.write([{ put: { pk: 'a', sk: 'kept', type: 'thought' } }]);
    expect(await createTable(world.client, tableResource(), world.name)).toBe(world.streamArn);
    expect(await remaining()).toEqual(['kept']);
  });

  it('has the keys, the index and the stream of its resource, and no time to live of the engine', async () => {
    const { Table } = await world.client.send(new DescribeTableCommand({ TableName: world.name }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['feed']);
    expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
    const live = await world.client.send(new DescribeTimeToLiveCommand({ TableName: world.name }));
    expect(live.TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
  });
});

describe('whether an engine answers', () => {
  it('is known of one that runs and of a port where nobody listens', async () => {
    expect(await answers(inject('engine'))).toBe(true);
    expect(await answers(`http://127.0.0.1:${await freePort()}`)).toBe(false);
  });
});
