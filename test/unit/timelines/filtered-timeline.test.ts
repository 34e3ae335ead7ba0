import { expect, it } from 'vitest';
import { Resumer } from '../../../src/websocket/resume.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { createWorld, post, times } from '../../support/world.ts';

const ENTRIES = 2_000;

it('costs little to read past the entries of somebody who was unfollowed', async () => {
  const table = new MeteredTable(new MemoryTable());
  const world = createWorld(table);
  for (const name of ['alice', 'bob', 'bot']) await world.users.ensure(name);
  await world.presence.seen('bob');
  await world.presence.rebuilt('bob');
  await world.follows.follow('bob', 'alice');
  const { id } = await post(world, 'alice');
  await world.timelines.addToAll(['bob'], { author: 'alice', id });
  const noise = times(ENTRIES, () => ({ author: 'bot', id: world.runtime.newId() }));
  await world.timelines.fill('bob', noise);

  table.reads = 0;
  expect((await world.reader.timeline('bob', { limit: 20 })).map((thought) => thought.id)).toEqual([id]);
  expect(table.reads).toBeLessThan(ENTRIES / 10);

  table.reads = 0;
  const resumer = new Resumer(world);
  expect(await resumer.newest('bob')).toEqual({ latest: noise.at(-1)?.id });
  const since = noise.at(-1)?.id ?? '';
  expect(await resumer.resume({ username: 'bob', channel: 'timeline', since })).toMatchObject({ type: 'events' });
  expect(table.reads).toBeLessThan(ENTRIES / 10);
});
