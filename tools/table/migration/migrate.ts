import pMap from 'p-map';
import { keys } from '../../../src/keys/keys.ts';
import type { Item, Key, Table } from '../../../src/table/table.ts';
import type { EntryItem } from '../../../src/timelines/timeline-store.ts';
import { type FirstKind, firstKindOf } from './first-edition.ts';
import { type MigrationDependencies, markReactions, removeLeftOver, STEPS, takeKeys } from './steps.ts';

const AT_ONCE = 16;
const POSITION = keys.migration('SECOND_EDITION');

/** What was brought to the second edition, by kind, since the migration began. */
export type MigrationCounts = Partial<
  Record<FirstKind | 'examined' | 'block' | 'marked reaction' | 'left-over entry', number>
>;

interface MigrationOptions {
  /** Where it stands is written down after so many items. */
  portionSize?: number;
  /** Called after each portion. */
  onProgress?: (counts: MigrationCounts) => void;
}

type PositionItem = Item & { type: 'migration'; after?: Key; counts: MigrationCounts };

/**
 * Brings a table of the first edition to the second, item by item, while the functions of the second serve both. It may be
 * broken off at any time: the next run goes on where this one was. A run after the last one examines everything again.
 */
export const migrate = async (
  deps: MigrationDependencies,
  { portionSize = 500, onProgress = () => {} }: MigrationOptions = {},
): Promise<MigrationCounts> => {
  const { table } = deps;
  const position = await table.get<PositionItem>(POSITION, { consistent: true });
  const counts: MigrationCounts = { ...position?.counts };
  for await (const portion of portionsOf(table, position?.after, portionSize)) {
    for (const [kind, count] of await migratePortion(portion, deps)) counts[kind] = (counts[kind] ?? 0) + count;
    const { pk = '', sk = '' } = portion.at(-1) ?? {};
    const item: PositionItem = { ...POSITION, type: 'migration', after: { pk, sk }, counts };
    await table.write([{ put: item }]);
    onProgress(counts);
  }
  await table.write([{ delete: POSITION }]);
  return counts;
};

const migratePortion = async (
  items: Item[],
  deps: MigrationDependencies,
): Promise<[keyof MigrationCounts, number][]> => {
  const byKind = Map.groupBy(items, firstKindOf);
  byKind.delete(undefined);
  for (const [kind, found] of byKind as Map<FirstKind, Item[]>) {
    // One partition's items in turn: how one edge is delivered depends on the reader's others.
    const partitions = [...Map.groupBy(found, ({ pk }) => pk).values()];
    const inTurn = async (partition: Item[]) => {
      for (const item of partition) await STEPS[kind](item, deps);
    };
    await pMap(partitions, inTurn, { concurrency: AT_ONCE });
  }
  const blocks = items.filter(({ type }) => type === 'block');
  await pMap(blocks, (block) => takeKeys(block, deps), { concurrency: AT_ONCE });
  const reactions = items.filter((item) => item.type === 'reaction' && firstKindOf(item) === undefined);
  const marked = await markReactions(reactions, deps);
  const entries = items.filter(({ type }) => type === 'topic-entry' || type === 'reply-entry') as EntryItem[];
  const leftOver = await removeLeftOver(entries, deps);
  const migrated = [...byKind].map(([kind, { length }]) => [kind, length] as [FirstKind, number]);
  return [
    ...migrated,
    ['examined', items.length],
    ['block', blocks.length],
    ['marked reaction', marked],
    ['left-over entry', leftOver],
  ];
};

const portionsOf = async function* (table: Table, after: Key | undefined, size: number): AsyncGenerator<Item[]> {
  let portion: Item[] = [];
  for await (const item of table.scan(after)) {
    portion.push(item);
    if (portion.length < size) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
};
