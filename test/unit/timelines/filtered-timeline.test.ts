import { expect, it } from 'vitest';
import { MAX_EXAMINED } from '../../../src/thoughts/page.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { MeteredTable } from '../../support/metered-table.ts';
import { everyPage } from '../../support/pages.ts';
import { createWorld, post } from '../../support/world.ts';

const ENTRIES = 2_000;

it('takes under 30 read units for each page that reads past the entries of somebody who was unfollowed', async () => {
  const table = new MeteredTable(new MemoryTable());
  const world = createWorld(table);
  for (const name of ['alice', 'bob', 'bot']) await world.users.ensure(name);
  await world.presence.seen('bob');
  await world.follows.follow('bob', 'alice');
  world.runtime.pass(2 * 60_000);
  const { id } = await post(world, 'alice');
  await world.timelines.addToAll(['bob'], { author: 'alice', id });
  let last = '';
  for (let at = 0; at < ENTRIES; at++) {
    last = world.runtime.newId();
    await world.timelines.addToAll(['bob'], { author: 'bot', id: last });
  }

  table.reads = 0;
  const pages = await everyPage((page) => world.reader.timelinePage('bob', page), { limit: 20 });
  expect(pages.flatMap(({ thoughts }) => thoughts.map((thought) => thought.id))).toEqual([id]);
  expect(pages).toHaveLength(Math.ceil((ENTRIES + 1) / (MAX_EXAMINED + 20)));
  expect(table.reads / pages.length).toBeLessThan(30);

  table.reads = 0;
  const resumer = new Resumer(world);
  expect(await resumer.newest('bob')).toEqual({ latest: id });
  const answer = await resumer.resume({ username: 'bob', channel: 'timeline', since: last });
  expect(answer).toMatchObject({ type: 'events' });
  expect(table.reads).toBeLessThan(ENTRIES / 10);
});
