import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/settings.ts';
import { createStores } from '../../../src/stores.ts';
import type { Item } from '../../../src/table/table.ts';
import type { ThoughtItem } from '../../../src/thoughts/thought-items.ts';
import { audit } from '../../../tools/table/audit.ts';
import { NotEmptyError, restore } from '../../../tools/table/restore.ts';
import { seed } from '../../../tools/table/seed.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

const runtime = new TestRuntime();
const settings = readSettings({ TABLE_NAME: 'memory' });

/** A table in which people post, delete, reply and react; some are connected. */
const livedIn = async () => {
  const table = new MemoryTable();
  const stores = createStores({ table, settings, runtime });
  let dice = 0;
  const random = () => (dice = (dice + 0.618) % 1);
  await seed(stores, { users: 12, thoughts: 60, random, onProgress: () => {} });
  const [first, second, third] = ([...table.items.values()] as unknown as ThoughtItem[]).filter(
    ({ type }) => type === 'thought',
  );
  if (!first || !second || !third) throw new Error('The seed made no thoughts');
  await stores.users.ensure('rita');
  await stores.thoughts.delete(first.author, first.id);
  await stores.reactions.react('rita', second, 'like');
  await stores.thoughts.create('rita', { text: 're #topic', inReplyTo: { author: third.author, id: third.id } });
  await stores.presence.seen('rita');
  return { table, stores, thought: second };
};

const restored = async (from: MemoryTable) => {
  const table = new MemoryTable();
  const stores = createStores({ table, settings, runtime });
  const items = async function* () {
    yield* structuredClone([...from.items.values()]) as Item[];
  };
  const report = await restore(items(), { ...stores, table, now: runtime.now() });
  return { table, stores, report, items };
};

describe('A restore', () => {
  it('leaves an audit nothing to find', async () => {
    const { table } = await restored((await livedIn()).table);
    const items = [...table.items.values()] as Item[];
    expect(audit(items, { now: runtime.now(), retentionMs: settings.timelines.retentionMs })).toEqual([]);
    expect(new Set(items.map(({ type }) => type))).toEqual(
      new Set([
        'user',
        'head',
        'thought',
        'following',
        'follower',
        'reaction',
        'reacted',
        'count',
        'topic-entry',
        'reply-entry',
        'conversation',
        'roster',
        'message',
        'inbox',
      ]),
    );
  });

  it('shows each source as it was, and counts anew', async () => {
    const before = await livedIn();
    const { table, report } = await restored(before.table);
    const sources = ([...before.table.items.values()] as Item[]).filter(({ type }) =>
      ['user', 'head', 'thought', 'following', 'reaction', 'reacted', 'conversation', 'roster', 'message'].includes(
        type,
      ),
    );
    for (const item of sources) expect(await table.get(item)).toEqual(item);
    expect(report).toEqual({ sources: sources.length, first: 0, leftOut: before.table.items.size - sources.length });
  });

  it('is refused by a table that holds something', async () => {
    const { table, stores, items } = await restored((await livedIn()).table);
    const again = restore(items(), { ...stores, table, now: runtime.now() });
    await expect(again).rejects.toThrow(NotEmptyError);
  });
});
