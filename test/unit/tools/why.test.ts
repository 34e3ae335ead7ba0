import { beforeEach, describe, expect, it } from 'vitest';
import { DAY } from '../../../src/runtime.ts';
import { readSettings } from '../../../src/settings.ts';
import { createStores, type Stores } from '../../../src/stores.ts';
import type { Thought } from '../../../src/thoughts/thought.ts';
import { hopsOf } from '../../../tools/why/hops.ts';
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
    stores = createStores(table, readSettings({ TABLE_NAME: 'memory' }), runtime);
    for (const name of ['alice', 'bob']) await stores.users.ensure(name);
    const outcome = await stores.thoughts.create('alice', { text: 'hello' });
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    thought = outcome.thought;
  });

  /** The last hop, in words: what explains the rest. */
  const lastHop = async (user = 'bob') => {
    const hops = await hopsOf(table, thought, user, { now: runtime.now(), activeDays: 30 });
    expect(hops.slice(0, -1).filter(({ outcome }) => outcome === 'not taken').length).toBeLessThanOrEqual(2);
    const { step, outcome, reason } = hops.at(-1) ?? { step: '', outcome: '', reason: '' };
    return `${step}, ${outcome}: ${reason}`;
  };
  const allHops = async () =>
    (await hopsOf(table, thought, 'bob', { now: runtime.now(), activeDays: 30 })).map(
      ({ step, outcome }) => `${step} ${outcome}`,
    );

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
    await stores.follows.block('alice', 'bob');
    expect(await lastHop()).toBe('audience, not taken: alice blocks bob');
  });

  it('because bob was away too long', async () => {
    await stores.presence.seen('bob');
    await stores.follows.follow('bob', 'alice');
    runtime.pass(31 * DAY);
    expect(await allHops()).toEqual([
      'stored taken',
      'audience taken',
      'fan-out not taken',
      'timeline not taken',
      'connections not taken',
    ]);
  });

  it('or that it is in the timeline, while nobody is connected', async () => {
    await stores.presence.seen('bob');
    await stores.presence.rebuilt('bob');
    await stores.follows.follow('bob', 'alice');
    await stores.timelines.addToAll(['bob'], thought);
    expect(await allHops()).toEqual([
      'stored taken',
      'audience taken',
      'fan-out taken',
      'timeline taken',
      'connections not taken',
    ]);
  });
});
