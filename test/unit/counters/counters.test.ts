import { expect, it } from 'vitest';
import { Counters } from '../../../src/counters/counters.ts';
import { keys } from '../../../src/keys/keys.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

const thought = { kind: 'thought', id: 'hot' } as const;

/** A counter with one reaction in each shard. */
const setUp = async (shards: number) => {
  const table = new MeteredTable(new MemoryTable());
  const runtime = new TestRuntime();
  const counters = new Counters({ table, runtime });
  for (let shard = 0; shard < shards; shard++) {
    await table.write([{ update: keys.count(thought, shard), set: { type: 'count' }, add: { reactions: 1 } }]);
  }
  const { pk } = keys.count(thought, 0);
  if (shards > 1) await table.write([{ update: { pk, sk: 'SHARDS' }, set: { type: 'count', shards } }]);
  /** The reactions, and how many units it took to learn them. */
  const read = async () => {
    const before = table.reads;
    const { reactions } = await counters.read(thought);
    return { reactions, units: table.reads - before };
  };
  const react = () => table.write([{ update: keys.count(thought, 0), add: { reactions: 1 } }]);
  return { read, react, runtime };
};

it('a counter that is spread is read once a second, however often it is asked for', async () => {
  const { read, react, runtime } = await setUp(64);
  expect(await read()).toEqual({ reactions: 64, units: 64 });
  await react();
  runtime.pass(999);
  expect(await read()).toEqual({ reactions: 64, units: 0 });
  runtime.pass(1);
  expect(await read()).toEqual({ reactions: 65, units: 64 });
});

it('a counter without shards is read each time, and shows each change at once', async () => {
  const { read, react } = await setUp(1);
  expect(await read()).toEqual({ reactions: 1, units: 1 });
  await react();
  expect(await read()).toEqual({ reactions: 2, units: 1 });
});
