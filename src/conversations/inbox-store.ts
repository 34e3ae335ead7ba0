import pMap from 'p-map';
import { keys, lists } from '../keys/keys.ts';
import { DAY, seconds } from '../runtime/runtime.ts';
import type { Condition, ReadOptions, Table, Write } from '../table/table.ts';
import type { Head, Roster, Span } from './conversation.ts';
import { type InboxEntry, type InboxItem, toEntry } from './inbox.ts';
import { type Message, previewOf } from './message.ts';

/** How many rows of an inbox are read and sorted at a time. */
export const ROWS_AT_ONCE = 1_000;

/** So many groups stand in an inbox at most; it can be read at once then, with 500 conversations of two. */
export const MAX_GROUPS = 500;
/** At most this many rows of an inbox are read to find them. Any further rows were removed by their owner within the last days. */
const MAX_ROWS_COUNTED = 4 * MAX_GROUPS;
const READS_AT_ONCE = 16;

/** What a change writes into a row, and which kind of writer makes it. */
type RowChange = Partial<InboxItem> & Pick<InboxItem, 'changedBy'>;

const NOT_LEFT: Condition = { attribute: 'until', is: 'absent' };

interface Dependencies {
  table: Table;
}

/**
 * A row for each member of each conversation: the last message, and how far the member has read. The stream function
 * updates it. There is no counter and no index: an inbox is sorted when it is read.
 */
export class InboxStore {
  readonly #table: Table;

  constructor({ table }: Dependencies) {
    this.#table = table;
  }

  /**
   * Shows a conversation's last message in a member's row, unless the row shows this state or a later one already. So the
   * order of calls, and repeated calls, make no difference.
   * @param last the last message, as it was when `head` was read, or later
   */
  async raise(username: string, head: Head, last: Message | undefined): Promise<void> {
    const isGone = last === undefined || last.deletedAt !== undefined;
    const shown: RowChange = {
      changedBy: 'stream',
      place: head.place,
      ...(last && { lastAt: last.createdAt, lastAuthor: last.author }),
      ...(!isGone && { preview: previewOf(last) }),
    };
    await this.#advance(username, head.id, { seq: head.seq }, shown, isGone ? ['preview'] : []);
  }

  /** Notes that a member has read up to a message. The mark never moves back. */
  async markRead(username: string, id: string, place: number, by: 'reader' | 'stream'): Promise<void> {
    await this.#advance(username, id, { readUpTo: place }, { changedBy: by });
  }

  /** A part of an inbox: conversations of two first, then groups, the newest first. @param after the last conversation of the part before */
  async rows(username: string, after?: string): Promise<InboxEntry[]> {
    const items = await this.#table.query<InboxItem>({
      ...lists.inbox(username),
      after: after && keys.inboxRow(username, after).sk,
      newestFirst: true,
      limit: ROWS_AT_ONCE,
    });
    return items.map(toEntry);
  }

  /**
   * Those in whose inboxes there is no room for another group. Groups that they have left count until they are removed. It
   * is no exact bound: rows are written after this was asked, and of very many rows the newest are counted alone.
   */
  async withoutRoom(usernames: string[]): Promise<string[]> {
    const crowded = async (username: string) => ((await this.#isFull(username)) ? [username] : []);
    return (await pMap(usernames, crowded, { concurrency: READS_AT_ONCE })).flat();
  }

  /** A removed row does not count, though it exists until the table's time to live deletes it. */
  async #isFull(username: string): Promise<boolean> {
    let groups = 0;
    let after: string | undefined;
    for (let read = 0; read < MAX_ROWS_COUNTED; read += MAX_GROUPS) {
      const rows = await this.#table.query<InboxItem>({
        ...lists.groups(username),
        after,
        newestFirst: true,
        limit: MAX_GROUPS,
      });
      groups += rows.filter(({ removedAt }) => removedAt === undefined).length;
      if (groups >= MAX_GROUPS) return true;
      after = rows.at(-1)?.sk;
      if (rows.length < MAX_GROUPS) return false;
    }
    return false;
  }

  async row(username: string, id: string, options?: ReadOptions): Promise<InboxEntry | undefined> {
    const item = await this.#table.get<InboxItem>(keys.inboxRow(username, id), options);
    return item && item.removedAt === undefined ? toEntry(item) : undefined;
  }

  /** How far each of a conversation's members has read. Members who have read nothing may be missing. */
  async readMarks(id: string, usernames: string[]): Promise<Map<string, number>> {
    const items = await this.#table.batchGet<InboxItem>(usernames.map((username) => keys.inboxRow(username, id)));
    return new Map(items.map(({ username, readUpTo = 0 }) => [username, readUpTo]));
  }

  /** The messages that somebody who has left may still see. */
  async spanLeft(username: string, id: string): Promise<Span | undefined> {
    return (await this.row(username, id, { consistent: true }))?.left;
  }

  /** Moves a number of a row forward, with what goes along. It never moves back, and not at all once the member has left. */
  async #advance(
    username: string,
    id: string,
    number: { seq: number } | { readUpTo: number },
    change: RowChange,
    remove: (keyof InboxItem & string)[] = [],
  ): Promise<void> {
    const [attribute, value] = 'seq' in number ? ['seq', number.seq] : ['readUpTo', number.readUpTo];
    await this.#table.write([
      {
        update: keys.inboxRow(username, id),
        set: { type: 'inbox', username, conversation: id, ...number, ...change },
        remove,
        when: [{ attribute, is: 'absent or <', value }, NOT_LEFT],
      },
    ]);
  }
}

/** The part of a transaction by which a member leaves: the row keeps the span that may still be read, and no text. */
export const leaveWrite = (username: string, { name }: Roster, head: Head, from: number, nowMs: number): Write => ({
  update: keys.inboxRow(username, head.id),
  set: {
    type: 'inbox',
    username,
    conversation: head.id,
    name,
    from,
    until: head.place,
    untilSeq: head.seq,
    lastAt: nowMs,
    changedBy: 'member',
  },
  remove: ['preview', 'lastAuthor'],
});

/**
 * Takes a group that the person has left out of their inbox for good; refused where they have not left. The row is kept for
 * a day, so that no delivery on its way brings it back.
 */
export const removeWrite = (username: string, id: string, nowMs: number): Write => ({
  update: keys.inboxRow(username, id),
  set: { lastAt: 0, removedAt: nowMs, expiresAt: seconds(nowMs + DAY), changedBy: 'member' },
  remove: ['name'],
  when: [{ attribute: 'until', is: 'present' }],
});

/** The part of a transaction by which a member is added: earlier messages are neither shown nor counted as unread. */
export const joinWrite = (username: string, head: Head, nowMs: number): Write => ({
  update: keys.inboxRow(username, head.id),
  set: {
    type: 'inbox',
    username,
    conversation: head.id,
    seq: head.seq,
    place: head.place,
    readUpTo: head.place,
    lastAt: nowMs,
    changedBy: 'member',
  },
  remove: ['preview', 'lastAuthor', 'name', 'from', 'until', 'untilSeq', 'removedAt', 'expiresAt'],
});
