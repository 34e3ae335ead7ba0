import { keys, lists } from '../keys/keys.ts';
import { seconds } from '../runtime/runtime.ts';
import type { Item, Table } from '../table/table.ts';
import type { PageRequest } from '../thoughts/page.ts';
import { isVisible, type Thought, type ThoughtReference, timeOfId } from '../thoughts/thought.ts';

export type EntryItem = Item & { type: 'timeline-entry' | 'topic-entry' | 'reply-entry'; author: string };

const toReference = (item: EntryItem): ThoughtReference => ({ author: item.author, id: item.sk });

interface Dependencies {
  table: Table;
  /** How long a timeline's entry is kept, from when its thought was made, in milliseconds. */
  entryMs: number;
}

/** Lists of references to thoughts. Their keys are the thoughts' ids, so writing one again changes nothing. */
export class TimelineStore {
  readonly #table: Table;
  readonly #entryMs: number;

  constructor({ table, entryMs }: Dependencies) {
    this.#table = table;
    this.#entryMs = entryMs;
  }

  /**
   * One entry in the timeline of each reader.
   * @param deadline in milliseconds since 1970
   */
  async addToAll(readers: string[], thought: ThoughtReference, deadline?: number): Promise<void> {
    const expiresAt = seconds(timeOfId(thought.id) + this.#entryMs);
    const entries = readers.map((reader) => ({ put: timelineEntry(reader, thought, expiresAt) }));
    await this.#table.batchWrite(entries, deadline === undefined ? {} : { deadline });
  }

  /** The topic entries and the reply entry of a thought. */
  async addToFeeds(thought: Thought): Promise<void> {
    const { author, id, topics, inReplyTo } = thought;
    const expiresAt = thought.expiresAt;
    const entries: EntryItem[] = topics.map((topic) => ({
      ...keys.topicEntry(topic, id),
      type: 'topic-entry',
      author,
      expiresAt,
    }));
    if (inReplyTo) entries.push({ ...keys.replyEntry(inReplyTo.id, id), type: 'reply-entry', author, expiresAt });
    await this.#table.batchWrite(entries.map((put) => ({ put })));
  }

  /**
   * Takes away the entries of a thought that is gone, and those of topics that it has left.
   * @param topicsBefore the topics of the version before
   */
  async removeFromFeeds(thought: Thought, topicsBefore: string[], nowMs: number): Promise<void> {
    const { id, topics, inReplyTo } = thought;
    const isGone = !isVisible(thought, nowMs);
    const left = topicsBefore.filter((topic) => isGone || !topics.includes(topic));
    const gone = isGone ? [...new Set([...topics, ...left])] : left;
    const entries = gone.map((topic) => keys.topicEntry(topic, id));
    if (isGone && inReplyTo) entries.push(keys.replyEntry(inReplyTo.id, id));
    if (entries.length > 0) await this.#table.batchWrite(entries.map((entry) => ({ delete: entry })));
  }

  timeline(reader: string, page: PageRequest): Promise<ThoughtReference[]> {
    return this.#read(lists.timeline(reader), page);
  }

  topic(topic: string, page: PageRequest): Promise<ThoughtReference[]> {
    return this.#read(lists.topic(topic), page);
  }

  replies(thoughtId: string, page: PageRequest): Promise<ThoughtReference[]> {
    return this.#read(lists.replies(thoughtId), page);
  }

  async #read(list: { pk: string }, { after, limit, oldestFirst }: PageRequest): Promise<ThoughtReference[]> {
    const items = await this.#table.query<EntryItem>({
      pk: list.pk,
      after,
      limit,
      newestFirst: !oldestFirst,
      consistent: true,
    });
    return items.map(toReference);
  }
}

const timelineEntry = (reader: string, { author, id }: ThoughtReference, expiresAt: number): EntryItem => ({
  ...keys.timelineEntry(reader, id),
  type: 'timeline-entry',
  author,
  expiresAt,
});
