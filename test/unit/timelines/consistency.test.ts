import { expect, it } from 'vitest';
import { ids } from '../../support/pages.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { LaggingTable } from '../../support/timeline-model/lagging-table.ts';
import { createWorld, post } from '../../support/world.ts';

const DAY = 86_400_000;

it('a page after a follow shows nothing that was deleted just before, whatever replicas have', async () => {
  const runtime = new TestRuntime();
  // The furthest behind that a replica can be.
  const table = new LaggingTable(runtime.now, () => 0.999);
  table.onChange = (change) => table.keep(change as Parameters<typeof table.keep>[0]);
  const world = createWorld(table, {}, runtime);
  await world.users.ensure('alice');
  const { id } = await post(world, 'alice');
  runtime.pass(DAY);
  const kept = await post(world, 'alice');
  await world.thoughts.delete('alice', id);
  await world.follows.follow('bob', 'alice');
  expect(ids((await world.reader.timelinePage('bob', { limit: 5 })).thoughts)).toEqual([kept.id]);
});
