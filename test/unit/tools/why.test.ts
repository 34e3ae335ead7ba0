import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import { DAY } from '../../../src/runtime/runtime.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStores, type Stores } from '../../../src/stores.ts';
import type { Item } from '../../../src/table/table.ts';
import { firstIdAt, type Thought } from '../../../src/thoughts/thought.ts';
import { stepsOf } from '../../../tools/why/delivery-steps.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

describe('Why bob has a thought of alice, or not', () => {
  let table: MemoryTable;
  let runtime: TestRuntime;
  let stores: Stores;
  let thought: Thought;

  beforeEach(async () => {
    table = new MemoryTable();
    runtime = new TestRuntime();
    stores = createStores({ table, settings: readSettings({ TABLE_NAME: 'memory' }), runtime });
    for (const name of ['alice', 'bob']) await stores.users.ensure(name);
    const outcome = await stores.thoughts.create('alice', { text: 'hello' });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    thought = outcome.thought;
  });

  /** The last hop, in words: what explains the rest. */
  const lastHop = async (user = 'bob') => {
    const hops = await stepsOf(table, thought, user, runtime.now());
    expect(hops.slice(0, -1).filter(({ outcome }) => outcome === 'not taken').length).toBeLessThanOrEqual(2);
    const { step, outcome, reason } = hops.at(-1) ?? { step: '', outcome: '', reason: '' };
    return `${step}, ${outcome}: ${reason}`;
  };
  const allHops = async () =>
    (await stepsOf(table, thought, 'bob', runtime.now())).map(({ step, outcome }) => `${step} ${outcome}`);

  it('because there is no such thought', async () => {
    thought = { ...thought, author: 'bob' };
    expect(await lastHop()).toMatch('stored, not taken: There is no such thought');
  });

  it('because it was deleted', async () => {
    await stores.thoughts.delete('alice', thought.id);
    expect(await lastHop()).toMatch('stored, not taken: It was deleted at ');
  });

  it('because bob does not follow, is blocked, or has muted', async () => {
    expect(await lastHop()).toBe('audience, not taken: bob does not follow alice');
    await stores.follows.follow('bob', 'alice');
    await stores.follows.setMuted('bob', 'alice', true);
    expect(await lastHop()).toBe('audience, not taken: bob has muted alice');
    await stores.blocks.block('alice', 'bob');
    expect(await lastHop()).toBe('audience, not taken: alice blocks bob');
  });

  it('from the list of alice, for entries are not relied on yet', async () => {
    await stores.presence.seen('bob');
    await stores.follows.follow('bob', 'alice');
    expect(await allHops()).toEqual([
      'stored taken',
      'audience taken',
      'fan-out not taken',
      'timeline taken',
      'connections not taken',
    ]);
  });

  it('by an entry, or not, when entries are relied on', async () => {
    await stores.presence.seen('bob');
    await stores.follows.follow('bob', 'alice');
    runtime.pass(DAY);
    const outcome = await stores.thoughts.create('alice', { text: 'a day later' });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    // Ids have a time of their own in tests.
    const id = firstIdAt(runtime.now());
    await table.write([{ put: { ...outcome.thought, ...keys.thought('alice', id), id, type: 'thought' } as Item }]);
    thought = { ...outcome.thought, id };
    expect(await allHops()).toEqual([
      'stored taken',
      'audience taken',
      'fan-out taken',
      'timeline not taken',
      'connections not taken',
    ]);
    await stores.timelines.addToAll(['bob'], thought);
    expect((await allHops())[3]).toBe('timeline taken');
  });
});
