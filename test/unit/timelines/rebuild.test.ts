import { expect, it } from 'vitest';
import { lists } from '../../../src/table/keys.ts';
import { type Item, type Query, TableBusyError } from '../../../src/table/table.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post, times } from '../../support/world.ts';

const DAY = 86_400_000;
const AUTHORS = times(120, (at) => `author_${String(at).padStart(3, '0')}`);

/** Notes whose thoughts are read, and is busy for one author as long as it is told. */
class BusyTable extends MemoryTable {
  readonly read: string[] = [];
  busyFor: string | undefined;
  override async query<T extends Item>(query: Query): Promise<T[]> {
    const author = AUTHORS.find((name) => lists.thoughtsOf(name).pk === query.pk);
    if (author !== undefined && query.prefix === lists.thoughtsOf(author).prefix) {
      if (author === this.busyFor) throw new TableBusyError('busy');
      this.read.push(author);
    }
    return super.query<T>(query);
  }
}

it('goes on where it was broken off, and leaves out nothing', async () => {
  const table = new BusyTable();
  const world = createWorld(table);
  await world.users.ensure('bob');
  await world.presence.seen('bob');
  await world.presence.rebuilt('bob');
  const ids: string[] = [];
  for (const author of AUTHORS) {
    await world.users.ensure(author);
    await world.follows.follow('bob', author);
    ids.push((await post(world, author)).id);
  }
  world.runtime.pass(40 * DAY);
  table.busyFor = AUTHORS[70];
  await expect(world.reader.timeline('bob', { limit: 10 })).rejects.toThrow('busy');
  table.busyFor = undefined;
  table.read.length = 0;
  const found = await world.reader.timeline('bob', { limit: 200 });
  expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(table.read.sort()).toEqual(AUTHORS.slice(50));
  const presence = (await world.presence.of(['bob'])).get('bob');
  expect(presence).toMatchObject({ needsRebuild: false });
  expect(presence).not.toHaveProperty('rebuiltTo');
});
