import { expect, it } from 'vitest';
import { createDynamoDbClient } from '../../../local/aws/dynamodb/client.ts';
import { Usage } from '../../../local/aws/dynamodb/usage.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { throughSdk } from '../../../src/dynamodb/sdk-dynamo-db.ts';
import type { Write } from '../../../src/table/table.ts';
import { countUnits } from '../../../src/table/units.ts';
import { engineTable } from '../../support/engine-table.ts';
import { times } from '../../support/world.ts';

const setUp = async () => {
  const { service, runtime, name } = await engineTable();
  const usage = new Usage();
  const dynamoDb = throughSdk(createDynamoDbClient(service, runtime, { usage }));
  return { usage, table: new DynamoTable({ dynamoDb, name }) };
};
const put = (sk: string, bytes: number): Write => ({ put: { pk: 'a', sk, type: 'x', ...{ text: 'x'.repeat(bytes) } } });
const absent = { attribute: 'pk', is: 'absent' } as const;

it('counts the units that the engine charges for each kind of call', async () => {
  const { usage, table } = await setUp();
  const used = { reads: 0, writes: 0 };
  await countUnits(used, async () => {
    await table.write([put('1', 5_000)]);
    await table.write(times(30, (at) => put(`2-${at}`, 600)));
    await table.get({ pk: 'a', sk: '1' }, { consistent: true });
    await table.batchGet(times(150, (at) => ({ pk: 'a', sk: `2-${at}` })));
    await table.query({ pk: 'a', prefix: '2', consistent: true });
    await table.batchWrite(times(40, (at) => ({ put: { pk: 'b', sk: `${at}`, type: 'x' } })));
  });
  expect(used).toEqual({ reads: usage.total('read'), writes: usage.total('write') });
  expect(used.reads).toBeGreaterThan(70);
  expect(used.writes).toBe(5 + 60 + 40);
});

it('counts writes that are refused', async () => {
  const { usage, table } = await setUp();
  const used = { reads: 0, writes: 0 };
  await countUnits(used, async () => {
    await table.write([put('1', 10), put('2', 10)]);
    expect(await table.write([{ ...put('1', 10), when: [absent] }])).toMatchObject({ kind: 'refused' });
    expect(await table.write([{ ...put('1', 10), when: [absent] }, put('2', 10)])).toMatchObject({ kind: 'refused' });
  });
  expect(used.writes).toBe(4 + 1 + 4);
  expect(used.writes).toBeGreaterThanOrEqual(usage.total('write'));
});

it('counts for each caller what that one uses, when several call side by side', async () => {
  const { table } = await setUp();
  await table.write([put('1', 3_000)]);
  const callers = times(5, () => ({ reads: 0, writes: 0 }));
  const read = (count: number) => async () => {
    for (let at = 0; at < count; at++) await table.get({ pk: 'a', sk: '1' }, { consistent: true });
  };
  await Promise.all(callers.map((used, at) => countUnits(used, read(at))));
  expect(callers.map(({ reads }) => reads)).toEqual([0, 1, 2, 3, 4]);
});

it('counts what was used before an error', async () => {
  const { table } = await setUp();
  const used = { reads: 0, writes: 0 };
  const failing = countUnits(used, async () => {
    await table.get({ pk: 'a', sk: '1' }, { consistent: true });
    throw new Error('too late');
  });
  await expect(failing).rejects.toThrow('too late');
  expect(used.reads).toBe(1);
});
