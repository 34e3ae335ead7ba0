import { expect, it } from 'vitest';
import { keys } from '../../../src/keys/keys.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { createWorld, post, times } from '../../support/world.ts';

/** What bob's replay of a topic takes when so many others have blocked bob, in read units. */
const replay = async (blockers: number) => {
  const memory = new MemoryTable();
  for (const item of times(blockers, (at) => ({ ...keys.following('bob', `blocker_${at}`), type: 'barred' }))) {
    memory.items.set(`${item.pk}\n${item.sk}`, item);
  }
  const table = new MeteredTable(memory);
  const world = createWorld(table);
  for (const name of ['alice', 'bob', 'carol', 'dan', 'eve']) await world.users.ensure(name);
  await world.follows.follow('bob', 'dan');
  await world.follows.setMuted('bob', 'dan', true);
  await world.blocks.block('carol', 'bob');
  await world.blocks.block('bob', 'eve');
  const since = world.runtime.newId();
  for (const name of ['alice', 'carol', 'dan', 'eve', 'alice']) {
    await world.timelines.addToFeeds(await post(world, name, 'look #sea'));
  }
  table.reads = 0;
  const found = await new Resumer(world).resume({ username: 'bob', channel: 'topic:sea', since });
  return { found, reads: table.reads };
};

it('a channel hides whom one must not see, and costs the same whether 10 or 100,000 have blocked the reader', async () => {
  const [few, many] = [await replay(10), await replay(100_000)];
  for (const { found } of [few, many]) {
    expect(found).toMatchObject({ type: 'events', events: [{ author: 'alice' }, { author: 'alice' }] });
  }
  expect(many.reads).toBe(few.reads);
  expect(few.reads).toBeLessThanOrEqual(6);
}, 60_000);
