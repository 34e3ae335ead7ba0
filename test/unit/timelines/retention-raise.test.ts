import { describe, expect, it } from 'vitest';
import { MemoryTable } from '../../support/memory-table.ts';
import { ids } from '../../support/pages.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { createWorld, post, SETTINGS } from '../../support/world.ts';

const DAY = 86_400_000;
const withDays = (retention: number, entry: number) => ({
  timelines: { ...SETTINGS.timelines, retentionMs: retention * DAY, entryMs: entry * DAY },
});

describe('a retention that is raised from 30 to 60 days, entries first', () => {
  /** Whether bob sees a thought that was made the day before entries live longer. */
  const isSeenAfter = async (waitDays: number): Promise<boolean> => {
    const table = new MemoryTable();
    const runtime = new TestRuntime();
    const before = createWorld(table, withDays(30, 31), runtime);
    await before.users.ensure('alice');
    await before.presence.seen('bob');
    await before.follows.follow('bob', 'alice');
    runtime.pass(DAY);
    const thought = await post(before, 'alice');
    await before.timelines.addToAll(['bob'], thought);
    runtime.pass(DAY);
    for (let day = 0; day < waitDays; day++) {
      await before.presence.seen('bob');
      runtime.pass(DAY);
      for (const { pk, sk, expiresAt = Number.POSITIVE_INFINITY } of [...table.items.values()]) {
        if (expiresAt * 1000 <= runtime.now()) await table.batchWrite([{ delete: { pk, sk } }]);
      }
    }
    const after = createWorld(table, withDays(60, 61), runtime);
    return ids((await after.reader.timelinePage('bob', { limit: 5 })).thoughts).includes(thought.id);
  };

  it('shows everything when the whole new retention has passed', async () => {
    expect(await isSeenAfter(61)).toBe(true);
  });

  it('would lose thoughts when only the difference has passed', async () => {
    expect(await isSeenAfter(30)).toBe(false);
  });
});
