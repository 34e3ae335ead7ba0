import { keys, lists } from '../../../src/keys/keys.ts';
import type { Item, Table } from '../../../src/table/table.ts';
import { isVisible, type Thought } from '../../../src/thoughts/thought.ts';
import { type ThoughtItem, toThought } from '../../../src/thoughts/thought-items.ts';

const STEP = 25;

/**
 * A page of a timeline as the first edition read it: presence, entries, then for each of their authors the follow and both
 * blocks, and each thought. It stands for that way of reading in benchmarks alone.
 */
export const readFirstPage = async (
  table: Table,
  reader: string,
  limit: number,
  after?: string,
): Promise<Thought[]> => {
  await table.get(keys.presence(reader), { consistent: true });
  const found: Thought[] = [];
  for (let behind = after; ; ) {
    const step = Math.max(limit, STEP);
    const entries = await table.query<Item & { author: string }>({
      ...{ pk: lists.timeline(reader).pk, after: behind, limit: step },
      ...{ newestFirst: true, consistent: true },
    });
    const authors = [...new Set(entries.map(({ author }) => author))];
    const [follows] = await Promise.all([
      table.batchGet(
        authors.map((author) => keys.following(reader, author)),
        { consistent: true },
      ),
      table.batchGet(
        authors.flatMap((author) => [keys.block(reader, author), keys.block(author, reader)]),
        { consistent: true },
      ),
    ]);
    const followed = new Set(follows.map(({ sk }) => sk));
    const wanted = entries.filter(({ author }) => followed.has(keys.following(reader, author).sk));
    const items = await table.batchGet<ThoughtItem>(
      wanted.map(({ author, sk }) => keys.thought(author, sk)),
      { consistent: true },
    );
    const thoughts = new Map(items.map((item) => [item.id, toThought(item)]));
    const now = Date.now();
    found.push(...wanted.flatMap(({ sk }) => thoughts.get(sk) ?? []).filter((thought) => isVisible(thought, now)));
    behind = entries.at(-1)?.sk;
    if (entries.length < step || found.length >= limit) return found.slice(0, limit);
  }
};
