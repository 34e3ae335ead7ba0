import type { BlockStore } from '../follows/block-store.ts';
import { memberOf, type Roster, type Span } from './conversation.ts';
import type { Conversation, ConversationReader } from './conversation-reader.ts';
import { type InboxEntry, type InboxPosition, inboxPage } from './inbox.ts';
import { type InboxStore, ROWS_AT_ONCE } from './inbox-store.ts';
import { isClosed } from './message-changes.ts';

/** So many rosters are read at a time: a page with the usual limit of 20 reads once. */
const ROSTERS_AT_ONCE = 25;
/**
 * A page ends when its conversations have this many members: a roster of 100 takes up to one read unit, where others take half a
 * unit, and is a large part of an answer. Rosters that were read already are shown all the same.
 */
const MEMBERS_A_PAGE = 1_000;

/** One entry of an inbox, with what its conversation is called and who is in it. */
export interface ListedEntry {
  entry: InboxEntry;
  roster: Roster;
}

/** What one person may know of a conversation. `left`: the person has left it, and sees it as it was then. */
export type Insight =
  | { kind: 'member'; conversation: Conversation; readMarks: Map<string, number> }
  | { kind: 'left'; roster: Roster; span: Span; name?: string | undefined };

interface Dependencies {
  inboxes: InboxStore;
  conversationReader: ConversationReader;
  blocks: BlockStore;
}

/** Inboxes as their owners read them. */
export class InboxReader {
  readonly #inboxes: InboxStore;
  readonly #conversations: ConversationReader;
  readonly #blocks: BlockStore;

  constructor({ inboxes, conversationReader, blocks }: Dependencies) {
    this.#blocks = blocks;
    this.#inboxes = inboxes;
    this.#conversations = conversationReader;
  }

  /**
   * A page of an inbox, latest first. An inbox is read and sorted in parts of 1,000 rows, those of two people's conversations
   * first: all rows of one part come before those of the next. A page of large groups may be short, and have a next one.
   * @returns the page, and where the next one begins, if there is one
   */
  async page(
    username: string,
    position: InboxPosition,
    limit: number,
  ): Promise<{ entries: ListedEntry[]; next?: InboxPosition }> {
    const part = await this.#inboxes.rows(username, position.part);
    const entries = inboxPage(part, position, limit);
    const { listed, last } = await this.#withRosters(entries);
    const isShort = last !== entries.at(-1);
    if (last && (isShort || entries.length === limit)) {
      return { entries: listed, next: { part: position.part, below: last } };
    }
    const isWhole = part.length < ROWS_AT_ONCE;
    return { entries: listed, ...(!isWhole && { next: { part: part.at(-1)?.conversation } }) };
  }

  /**
   * `undefined`: the person is an outsider, or there is no such conversation. In a conversation of two, when one has blocked
   * the other, neither sees how far the other has read.
   */
  async insight(username: string, id: string): Promise<Insight | undefined> {
    const conversation = await this.#conversations.get(id);
    if (!conversation) return undefined;
    const { roster } = conversation;
    if (!memberOf(roster, username)) {
      const left = (await this.#inboxes.row(username, id, { consistent: true }))?.left;
      return left && { kind: 'left', roster, span: left, name: left.name };
    }
    const isShut = await isClosed(this.#blocks, roster, username);
    const members = isShut ? [username] : roster.members.map((member) => member.username);
    return { kind: 'member', conversation, readMarks: await this.#inboxes.readMarks(id, members) };
  }

  /** @returns as many of the entries as a page may have; those without a roster are left out. `last` is the last that was looked at */
  async #withRosters(entries: InboxEntry[]): Promise<{ listed: ListedEntry[]; last?: InboxEntry | undefined }> {
    const listed: ListedEntry[] = [];
    let [looked, members] = [0, 0];
    while (looked < entries.length && members < MEMBERS_A_PAGE) {
      const some = entries.slice(looked, looked + ROSTERS_AT_ONCE);
      const rosters = await this.#rosters(some.map(({ conversation }) => conversation));
      for (const entry of some) {
        const roster = rosters.get(entry.conversation);
        if (!roster) continue;
        listed.push({ entry, roster });
        members += roster.members.length;
      }
      looked += some.length;
    }
    return { listed, last: entries[looked - 1] };
  }

  /** An eventually consistent read may not find a new roster yet: what is missing is read again, consistently. */
  async #rosters(ids: string[]): Promise<Map<string, Roster>> {
    const found = await this.#conversations.rosters(ids, { consistent: false });
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    return new Map([...found, ...(await this.#conversations.rosters(missing, { consistent: true }))]);
  }
}
