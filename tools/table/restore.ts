import pMap from 'p-map';
import type { ConversationReader } from '../../src/conversations/conversation-reader.ts';
import type { InboxStore } from '../../src/conversations/inbox-store.ts';
import type { MessageStore } from '../../src/conversations/message-store.ts';
import { OWN_SHARD } from '../../src/counters/counters.ts';
import { type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import { authorOfHead, type CounterSubject, keys } from '../../src/keys/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';
import type { HeadItem } from '../../src/thoughts/author-head.ts';
import { isVisible } from '../../src/thoughts/thought.ts';
import { type ThoughtItem, toThought } from '../../src/thoughts/thought-items.ts';
import type { TimelineStore } from '../../src/timelines/timeline-store.ts';
import { firstKindOf } from './migration/first-edition.ts';

/** What is made anew from the sources. */
const DERIVED = ['follower', 'count', 'timeline-entry', 'topic-entry', 'reply-entry'];
/**
 * What was true of the moment of the export alone. Entries are relied on from a reader's next presence on: until then, and
 * for what was before, a timeline is merged from the authors' own lists.
 */
const FLEETING = [
  'presence',
  'connection',
  'connection-channel',
  'subscription',
  'ticket',
  'task',
  'cut',
  'lag',
  'limits',
  'migration',
];
const LEFT_OUT = new Set([...DERIVED, ...FLEETING]);

const BATCH = 500;
const BATCHES_AT_ONCE = 4;
const THOUGHTS_AT_ONCE = 32;
const CONVERSATIONS_AT_ONCE = 8;

interface Dependencies {
  table: Table;
  timelines: TimelineStore;
  conversationReader: ConversationReader;
  messages: MessageStore;
  inboxes: InboxStore;
  /** Milliseconds since 1970. */
  now: number;
}

export interface RestoreReport {
  /** Items of the export that were put back. */
  sources: number;
  /** Items of the export that were left out: derived, or of the moment. */
  leftOut: number;
  /** Items that were put back as the first edition has written them. */
  first: number;
}

/** A table that holds something already: a restore would mix two histories. */
export class NotEmptyError extends Error {
  readonly code = 'table_not_empty';
  override readonly name = 'NotEmptyError';
}

/**
 * Puts the sources of an export into an empty table, and rebuilds what is derived from them. Running it while the stream is
 * attached harms nobody: what the fan-out writes is the same, and nobody is connected yet.
 * @throws NotEmptyError
 */
export const restore = async (items: AsyncIterable<Item>, deps: Dependencies): Promise<RestoreReport> => {
  const { table, timelines, now } = deps;
  for await (const _ of table.scan()) throw new NotEmptyError('The table has items: restore into an empty table');
  const report: RestoreReport = { sources: 0, leftOut: 0, first: 0 };
  const counts = new Counts();
  const thoughts: ThoughtItem[] = [];
  const conversations: string[] = [];
  const writes = async function* () {
    for await (const item of items) {
      if (LEFT_OUT.has(item.type)) {
        report.leftOut++;
        continue;
      }
      report.sources++;
      if (firstKindOf(item)) report.first++;
      counts.add(item, now);
      yield item;
      if (item.type === 'conversation') conversations.push((item as HeadOfConversation).id);
      if (item.type === 'following') yield followerOf(item as EdgeItem);
      if (item.type === 'thought' && isVisible(item as ThoughtItem, now)) thoughts.push(item as ThoughtItem);
    }
    yield* counts.items();
  };
  await pMap(batchesOf(writes()), (batch) => table.batchWrite(batch), { concurrency: BATCHES_AT_ONCE });
  await pMap(thoughts, (item) => timelines.addToFeeds(toThought(item)), { concurrency: THOUGHTS_AT_ONCE });
  await pMap(conversations, (id) => raiseRows(deps, id), { concurrency: CONVERSATIONS_AT_ONCE });
  return report;
};

type HeadOfConversation = Item & { id: string };

/** Rows that the stream had not raised yet when the export was made; the others show this already. */
const raiseRows = async ({ conversationReader, messages, inboxes }: Dependencies, id: string): Promise<void> => {
  const { head, roster } = (await conversationReader.get(id)) ?? {};
  if (!head || !roster) return;
  const last = await messages.stored(id, head.place);
  for (const { username, from } of roster.members) if (from <= head.place) await inboxes.raise(username, head, last);
};

const followerOf = (item: EdgeItem): Item => {
  const { author, follower } = toEdge(item);
  return { ...item, ...keys.follower(author, follower), type: 'follower' };
};

type Sum = 'followers' | 'following' | 'thoughts' | 'reactions' | 'replies';

/** What the counters must be, by the sources. */
class Counts {
  readonly #items = new Map<string, Item & Partial<Record<Sum, number>>>();

  add(item: Item, now: number): void {
    if (item.type === 'following') {
      const { author, follower } = toEdge(item as EdgeItem);
      this.#count({ kind: 'user', username: author }, 'followers');
      this.#count({ kind: 'user', username: follower }, 'following');
    }
    if (item.type === 'reaction') {
      const { thoughtId } = item as Item & { thoughtId: string };
      this.#count({ kind: 'thought', id: thoughtId }, 'reactions');
    }
    // What the head counts itself is in no counter; the rest was counted by the first edition.
    if (item.type === 'head') {
      const head = item as HeadItem;
      this.#count({ kind: 'user', username: authorOfHead(head) }, 'thoughts', -(head.thoughts ?? 0));
    }
    if (item.type !== 'thought') return;
    const thought = item as ThoughtItem;
    // Thoughts that vanish are in no count.
    if (!isVisible(thought, now) || thought.expiresAt !== undefined) return;
    this.#count({ kind: 'user', username: thought.author }, 'thoughts');
    if (thought.inReplyTo) this.#count({ kind: 'thought', id: thought.inReplyTo.id }, 'replies');
  }

  items(): Item[] {
    return [...this.#items.values()].filter((item) => Object.values(item).some((value) => value > 0));
  }

  #count(of: CounterSubject, sum: Sum, by = 1): void {
    const key = keys.count(of, sum === 'following' || sum === 'thoughts' ? OWN_SHARD : 0);
    const at = `${key.pk} ${key.sk}`;
    const item = this.#items.get(at) ?? { ...key, type: 'count' };
    item[sum] = (item[sum] ?? 0) + by;
    this.#items.set(at, item);
  }
}

const batchesOf = async function* (items: AsyncIterable<Item>): AsyncGenerator<{ put: Item }[]> {
  let batch: { put: Item }[] = [];
  for await (const item of items) {
    batch.push({ put: item });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
};
