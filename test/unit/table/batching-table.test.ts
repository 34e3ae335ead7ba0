import { describe, expect, it } from 'vitest';
import { BatchingTable } from '../../../src/table/batching-table.ts';
import type { Item, Key, ReadOptions, Table } from '../../../src/table/table.ts';
import { tableReadContract } from '../../support/contracts/table-read-contract.ts';
import { tableWriteContract } from '../../support/contracts/table-write-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { times } from '../../support/world.ts';

const makeTable = async () => new BatchingTable({ table: new MemoryTable() });

tableWriteContract(makeTable);
tableReadContract(makeTable);

/** Notes for each batch whether it was to be read consistently. */
class WatchedTable extends MemoryTable {
  readonly batches: (boolean | undefined)[] = [];

  override batchGet<T extends Item>(keys: Key[], options?: ReadOptions): Promise<T[]> {
    this.batches.push(options?.consistent);
    return super.batchGet<T>(keys);
  }
}

describe('a batching table', () => {
  const key = (at: number) => ({ pk: `P#${at}`, sk: 'S' });
  const itemAt = (at: number): Item & { at: number } => ({ ...key(at), type: 'x', at });

  it('gives each caller the items that it asked for, and no others', async () => {
    const watched = new WatchedTable();
    await watched.batchWrite(times(50, (at) => ({ put: itemAt(at) })));
    const table = new BatchingTable({ table: watched });
    const asked = times(30, (at) => [at, at + 1, at + 40, at]);
    const found = await Promise.all(
      asked.map((list, nth) => table.batchGet<ReturnType<typeof itemAt>>(list.map(key), { consistent: nth % 2 === 0 })),
    );
    for (const [nth, list] of asked.entries()) {
      const wanted = [...new Set(list)].filter((number) => number < 50);
      expect(found[nth]?.map(({ at }) => at).sort()).toEqual(wanted.sort());
    }
    expect(watched.batches.length).toBeLessThan(10);
  });

  it('never answers a consistent read with an eventually consistent one', async () => {
    const watched = new WatchedTable();
    const table = new BatchingTable({ table: watched });
    await Promise.all([table.batchGet([key(1)], { consistent: true }), table.batchGet([key(2)]), table.batchGet([])]);
    expect(watched.batches.sort()).toEqual([false, true]);
  });

  it('writes one key for two callers in two requests', async () => {
    const table = await makeTable();
    await Promise.all([1, 2].map((at) => table.batchWrite([{ put: { ...itemAt(at), ...key(0) } }])));
    expect(await table.get(key(0))).toMatchObject({ at: 2 });
  });

  it('reads single items together with batches', async () => {
    const watched = new WatchedTable();
    await watched.batchWrite(times(9, (at) => ({ put: itemAt(at) })));
    const table = new BatchingTable({ table: watched });
    const read = times(5, (at) => table.get(key(at), { consistent: true }));
    const [found, some, none] = await Promise.all([
      Promise.all(read),
      table.batchGet([key(3), key(8)], { consistent: true }),
      table.get(key(20), { consistent: true }),
    ]);
    expect(found).toEqual(times(5, itemAt));
    expect(some).toEqual([itemAt(3), itemAt(8)]);
    expect(none).toBeUndefined();
    expect(watched.batches).toEqual([true]);
  });

  it('gives what goes together the latest deadline, and keeps none for what comes later', async () => {
    const deadlines: (number | undefined)[] = [];
    class TimedTable extends MemoryTable {
      override async batchWrite(...[writes, options]: Parameters<Table['batchWrite']>): Promise<void> {
        deadlines.push(options?.deadline);
        await super.batchWrite(writes);
      }
    }
    const table = new BatchingTable({ table: new TimedTable() });
    const write = (at: number, deadline?: number) =>
      table.batchWrite([{ put: itemAt(at) }], deadline === undefined ? {} : { deadline });
    await Promise.all([write(1, 500), write(2), write(3, 900)]);
    await write(4);
    expect(deadlines).toEqual([900, undefined]);
  });
});
