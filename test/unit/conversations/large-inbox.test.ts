import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../local/faults/random.ts';
import { conversationOfTwo } from '../../../src/conversations/conversation.ts';
import { rosterWrite } from '../../../src/conversations/conversation-items.ts';
import { type InboxPosition, positionOf, textOfPosition } from '../../../src/conversations/inbox.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, times } from '../../support/world.ts';

const PART = 1_000;
const LIMIT = 100;

/** Somebody in so many groups of 100, who have said something one after the other. */
const inLargeGroups = async (count: number) => {
  const table = new MemoryTable();
  const world = createWorld(table);
  const ids = times(count, () => world.runtime.newId());
  for (const [at, id] of ids.entries()) {
    const members = times(100, (n) => ({ username: n === 0 ? 'bob' : `member_${n}`, from: 1 }));
    await table.write([rosterWrite({ id, kind: 'group', members, createdAt: at, version: 1 })]);
    const message = { conversation: id, place: 1, id, author: 'member_1', text: 'hello', createdAt: at + 1 };
    await world.inboxes.raise('bob', { id, seq: 1, place: 1, rosterVersion: 1 }, { ...message, version: 1, seq: 1 });
  }
  return { world, ids };
};

/** Somebody whom so many people have written to, in an order that has nothing to do with their names. */
const build = async (count: number) => {
  const table = new MemoryTable();
  const world = createWorld(table);
  const random = seededRandom(1);
  const lastAt = new Map<string, number>();
  for (const name of times(count, (at) => `writer_${at}`)) {
    const id = conversationOfTwo('bob', name);
    const createdAt = Math.floor(random() * 1e9);
    lastAt.set(id, createdAt);
    const members = ['bob', name].map((username) => ({ username, from: 1 }));
    await table.write([rosterWrite({ id, kind: 'two', members, createdAt, version: 1 })]);
    const message = { conversation: id, place: 1, id, author: name, text: 'hello', createdAt, version: 1, seq: 1 };
    await world.inboxes.raise('bob', { id, seq: 1, place: 1, rosterVersion: 1 }, message);
  }
  return { world, lastAt };
};

describe('an inbox of large groups', () => {
  it('has short pages that lead on, each group once, latest first', async () => {
    const { world, ids } = await inLargeGroups(60);
    const pages: string[][] = [];
    for (let position: InboxPosition | undefined = {}; position; ) {
      const page: Awaited<ReturnType<typeof world.inboxReader.page>> = await world.inboxReader.page(
        'bob',
        position,
        60,
      );
      pages.push(page.entries.map(({ roster }) => roster.id));
      position = page.next && positionOf(textOfPosition(page.next));
    }
    expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
    expect(pages.flat()).toEqual(ids.toReversed());
  });
});

describe('an inbox of more than 1,000 conversations', () => {
  it.each([999, 1_000, 1_001, 2_345])(
    'of %i shows each once, latest first within each part of 1,000',
    async (count) => {
      const { world, lastAt } = await build(count);
      const found: string[] = [];
      let pages = 0;
      let position: InboxPosition | undefined = {};
      while (position) {
        const page: Awaited<ReturnType<typeof world.inboxReader.page>> = await world.inboxReader.page(
          'bob',
          position,
          LIMIT,
        );
        found.push(...page.entries.map(({ roster }) => roster.id));
        // As a cursor carries it.
        position = page.next && positionOf(textOfPosition(page.next));
        pages++;
      }
      expect(found.toSorted()).toEqual([...lastAt.keys()].sort());
      // A part ends with a short page, or an empty one.
      expect(pages).toBeLessThanOrEqual(Math.ceil(count / LIMIT) + Math.floor(count / PART) + 1);
      for (let from = 0; from < count; from += PART) {
        const times = found.slice(from, from + PART).map((id) => lastAt.get(id) ?? 0);
        expect(times).toEqual(times.toSorted((a, b) => b - a));
      }
    },
  );
});
