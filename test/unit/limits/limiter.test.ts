import { describe, expect, it } from 'vitest';
import { Limiter } from '../../../src/limits/limiter.ts';
import { readRates } from '../../../src/limits/rates.ts';
import { limiterContract } from '../../support/contracts/limiter-contract.ts';
import { engineTable } from '../../support/engine-table.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

limiterContract(async () => new MemoryTable());

describe('a limit', () => {
  it('costs one write unit for a granted call, and nothing for one that this process knows to be limited', async () => {
    const { table, service } = await engineTable();
    const limiter = new Limiter({ table, runtime: new TestRuntime(), rates: readRates('posts=30/60') });
    const unitsOf = async (calls: number) => {
      service.usage.clear();
      for (let call = 0; call < calls; call++) await limiter.take('alice', 'posts');
      return [service.usage.total('read'), service.usage.total('write')];
    };
    expect(await unitsOf(30)).toEqual([0, 30]);
    expect(await unitsOf(500)).toEqual([0, 0]);
  });

  it('grants every call when the operator sets no rate', async () => {
    const table = new MemoryTable();
    const limiter = new Limiter({ table, runtime: new TestRuntime(), rates: readRates('none') });
    for (let call = 0; call < 100; call++) expect((await limiter.take('alice', 'posts')).kind).toBe('granted');
    expect(table.items.size).toBe(0);
  });
});
