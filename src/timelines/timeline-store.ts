import { DAY, seconds } from '../runtime.ts';
import { keys, lists } from '../table/keys.ts';
import type { Item, Table } from '../table/table.ts';
import { type Thought, type ThoughtReference, timeOfId } from '../thoughts/thought.ts';
import type { PageRequest } from '../thoughts/thought-store.ts';

/** How long a thought stays in timelines, from when it was made. */
const TIMELINE_DAYS = 90;

export type EntryItem = Item & { type: 'timeline-entry' | 'topic-entry' | 'reply-entry'; author: string };

const toReference = (item: EntryItem): ThoughtReference => ({ author: item.author, id: item.sk });

/** Lists of references to thoughts. Their keys are the thoughts' ids, so writing one again changes nothing. */
export class TimelineStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** One entry in the timeline of each reader. */
  async addToAll(readers: string[], thought: ThoughtReference): Promise<void> {
    await this.#table.batchWrite(readers.map((reader) => ({ put: timelineEntry(reader, thought) })));
  }

  /** Many entries in the timeline of one reader. */
  async fill(reader: string, thoughts: ThoughtReference[]): Promise<void> {
    await this.#table.batchWrite(thoughts.map((thought) => ({ put: timelineEntry(reader, thought) })));
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

const timelineEntry = (reader: string, { author, id }: ThoughtReference): EntryItem => ({
  ...keys.timelineEntry(reader, id),
  type: 'timeline-entry',
  author,
  expiresAt: seconds(timeOfId(id) + TIMELINE_DAYS * DAY),
});
