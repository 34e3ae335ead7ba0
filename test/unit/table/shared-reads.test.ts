import { describe, expect, it } from 'vitest';
import type { DynamoDb } from '../../../src/dynamodb/dynamo-db.ts';
import { DynamoTable } from '../../../src/dynamodb/dynamo-table.ts';
import { BatchingTable } from '../../../src/table/batching-table.ts';
import { type Item, type Query, TableBusyError } from '../../../src/table/table.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

const itemAt = (at: number): Item => ({ pk: 'LIST', sk: `${at}`, type: 'x' });
const LIST: Query = { pk: 'LIST', consistent: true };

/** A table that answers a query with what it held at the start, and only when the test says so. */
class SlowTable extends MemoryTable {
  readonly queries: { query: Query; answer: () => void; fail: (error: Error) => void }[] = [];

  override async query<T extends Partial<Item> = Item>(query: Query): Promise<T[]> {
    const items = await super.query<T>(query);
    return new Promise((resolve, reject) =>
      this.queries.push({ query, answer: () => resolve(items), fail: (error) => reject(error) }),
    );
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const createTables = async () => {
  const slow = new SlowTable();
  await slow.batchWrite([{ put: itemAt(1) }]);
  return { slow, table: new BatchingTable({ table: slow }) };
};

describe('a read whose partition is throttled', () => {
  it('fails no other read of its batch, and delays the others by three seconds at most', async () => {
    const runtime = new TestRuntime();
    runtime.random = () => 0.999;
    const isHot = ({ pk }: { pk: { S: string } }) => pk.S === 'HOT';
    const dynamoDb = {
      async call(_: string, { RequestItems }: { RequestItems: { test: { Keys: { pk: { S: string } }[] } } }) {
        const { Keys } = RequestItems.test;
        return {
          Responses: { test: Keys.filter((key) => !isHot(key)) },
          UnprocessedKeys: { test: { Keys: Keys.filter(isHot) } },
        };
      },
    } as unknown as DynamoDb;
    const table = new BatchingTable({ table: new DynamoTable({ dynamoDb, name: 'test', runtime }) });
    const begunAt = runtime.now();
    const hot = table.get({ pk: 'HOT', sk: 'a' });
    const cold = table.get({ pk: 'COLD', sk: 'a' });
    const delay = cold.then(() => runtime.now() - begunAt);
    await expect(hot).rejects.toBeInstanceOf(TableBusyError);
    expect(await cold).toEqual({ pk: 'COLD', sk: 'a' });
    expect(await delay).toBeLessThan(3_000);
  });
});

describe('a list that several ask for at the same time', () => {
  it('is read once, and each gets an array of their own', async () => {
    const { slow, table } = await createTables();
    const asked = [table.query(LIST), table.query({ ...LIST }), table.query(LIST)];
    await turn();
    expect(slow.queries.length).toBe(1);
    slow.queries[0]?.answer();
    const [first, ...others] = await Promise.all(asked);
    first?.pop();
    expect(others).toEqual([[itemAt(1)], [itemAt(1)]]);
  });

  it('is read again for whoever asks while it is being read, so that they see what was written before they asked', async () => {
    const { slow, table } = await createTables();
    const early = table.query(LIST);
    await turn();
    await slow.batchWrite([{ put: itemAt(2) }]);
    const late = [table.query(LIST), table.query(LIST)];
    await turn();
    expect(slow.queries.length).toBe(1);
    slow.queries[0]?.answer();
    expect(await early).toEqual([itemAt(1)]);
    await turn();
    expect(slow.queries.length).toBe(2);
    slow.queries[1]?.answer();
    expect(await Promise.all(late)).toEqual([
      [itemAt(1), itemAt(2)],
      [itemAt(1), itemAt(2)],
    ]);
  });

  it('fails for those who asked for it, and not for those after them', async () => {
    const { slow, table } = await createTables();
    const early = Promise.allSettled([table.query(LIST), table.query(LIST)]);
    await turn();
    const late = table.query(LIST);
    slow.queries[0]?.fail(new Error('throttled'));
    expect((await early).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    slow.queries[1]?.answer();
    expect(await late).toEqual([itemAt(1)]);
  });

  it('does not wait for other lists', async () => {
    const { slow, table } = await createTables();
    const lists = [LIST, { ...LIST, pk: 'OTHER' }, { ...LIST, limit: 1 }, { ...LIST, consistent: false }];
    const asked = lists.map((query) => table.query(query));
    await turn();
    expect(slow.queries.map(({ query }) => query)).toEqual(lists);
    for (const { answer } of slow.queries) answer();
    await Promise.all(asked);
  });
});
