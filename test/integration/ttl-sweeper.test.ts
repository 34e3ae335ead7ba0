import { DescribeTableCommand, DescribeTimeToLiveCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { createTable, tableResource } from '../../local/dynamodb/create-table.ts';
import { answers } from '../../local/dynamodb/engine.ts';
import { sweepExpired } from '../../local/dynamodb/ttl-sweeper.ts';
import { freePort } from '../../local/ports.ts';
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

  it('leaves an item alone whose expiry is no number', async () => {
    await world.client.send(
      new PutItemCommand({
        TableName: world.name,
        Item: { pk: { S: 'a' }, sk: { S: 'text' }, type: { S: 'thought' }, expiresAt: { S: '1' } },
      }),
    );
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(0);
    expect(await remaining()).toEqual(['text']);
  });

  it('deletes more than one batch and one page hold, with and without keys of the index', async () => {
    const text = 'x'.repeat(20_000);
    const puts = Array.from({ length: 120 }, (_, at) => ({
      put: {
        ...{ pk: `p-${at}`, sk: 's', type: 'thought', text, expiresAt: at % 3 === 0 ? NOW + 60 : NOW - 60 },
        ...(at % 2 === 0 && { gsi1pk: 'FEED', gsi1sk: String(at) }),
      },
    }));
    await world.table.batchWrite(puts);
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(80);
    expect(await remaining()).toHaveLength(40);
    expect(await sweepExpired(world.client, world.name, NOW)).toBe(0);
  });
});

describe('the table of serverless.yml in the engine', () => {
  it('is made once, and keeps its items and its stream when it is there already', async () => {
    await world.table.write([{ put: { pk: 'a', sk: 'kept', type: 'thought' } }]);
    expect(await createTable(world.client, tableResource(), world.name)).toBe(world.streamArn);
    expect(await remaining()).toEqual(['kept']);
  });

  it('has the keys, the index and the stream of its resource, and no time to live of the engine', async () => {
    const { Table } = await world.client.send(new DescribeTableCommand({ TableName: world.name }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['gsi1']);
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
