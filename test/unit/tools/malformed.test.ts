import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/settings.ts';
import { createStores } from '../../../src/stores.ts';
import type { Item } from '../../../src/table/table.ts';
import { audit } from '../../../tools/table/audit.ts';
import { separateMalformed } from '../../../tools/table/malformed.ts';
import { seed } from '../../../tools/table/seed.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';

const OPTIONS = { now: 0, retentionMs: 30 * 86_400_000 };

/** Items of every type that a seed makes, and of those that only live connections make. */
const items = async (): Promise<Item[]> => {
  const table = new MemoryTable();
  const runtime = new TestRuntime();
  const stores = createStores({ table, settings: readSettings({ TABLE_NAME: 'memory' }), runtime });
  await seed(stores, { users: 5, thoughts: 10, random: () => 0.5, onProgress: () => {} });
  return [
    ...([...table.items.values()] as Item[]),
    { pk: 'TIMELINE#bob', sk: '1', type: 'timeline-entry', author: 'alice' } as Item,
    { pk: 'CONNECTION#c', sk: 'CONNECTION', type: 'connection', subscriptions: 1 } as Item,
    { pk: 'CONNECTION#c', sk: 'CHANNEL#all', type: 'connection-channel', channel: 'all' } as Item,
    { pk: 'REACTIONS#1', sk: 'bob', type: 'reaction', thoughtId: '1' } as Item,
  ];
};

describe('Malformed items', () => {
  it('are none among what the stores write', async () => {
    const { sound, malformed } = separateMalformed(await items());
    expect(malformed).toEqual([]);
    expect(sound.length).toBeGreaterThan(20);
  });

  it('are findings that name the item and what is wrong with it', () => {
    const item = { pk: 'USER#alice', sk: 'THOUGHT#1', type: 'thought', id: '1', author: 'alice' } as Item;
    const { sound, malformed } = separateMalformed([item]);
    expect(sound).toEqual([]);
    expect(malformed).toMatchObject([{ rule: 'malformed', item: 'USER#alice THOUGHT#1' }]);
    expect(malformed[0]?.detail).toMatch(/topics: .*createdAt: .*version: .*seq: /);
  });

  it('never end an audit, whatever is wrong with any one of them', async () => {
    const all = await items();
    const position = fc.nat({ max: all.length - 1 });
    await fc.assert(
      fc.property(position, fc.nat(), fc.option(fc.jsonValue(), { nil: undefined }), (at, which, value) => {
        const item: Item & Record<string, unknown> = { ...(all[at] as Item) };
        const names = Object.keys(item).filter((name) => !['pk', 'sk', 'type'].includes(name));
        const name = names[which % Math.max(names.length, 1)] ?? 'none';
        if (value === undefined) delete item[name];
        else item[name] = value;
        const { sound, malformed } = separateMalformed(all.with(at, item));
        expect(sound.length + malformed.length).toBe(all.length);
        expect(() => audit(sound, OPTIONS)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
