import * as z from 'zod/mini';
import { ConversationId } from '../conversations/conversation.ts';
import type { MessageItem } from '../conversations/conversation-items.ts';
import type { InboxItem } from '../conversations/inbox.ts';
import { keys, LAST_PLACE, lists } from '../keys/keys.ts';
import type { Item, Table } from '../table/table.ts';

/** A line of an export: an item as it is stored, without its keys, which only the table needs. */
export type ExportLine = Record<string, unknown>;

/**
 * Items of one page. With the longest texts, every character escaped, 250 items are 5 MB; a function's answer may have 6 MB.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const PAGE = 250;

/**
 * Types of items without data about the person that other items don't have. The person's own blocks are exported; `barred`
 * items stand at both ends of a block, and would tell who has blocked the person.
 */
const LEFT_OUT = new Set(['head', 'idempotency', 'erasure', 'barred']);

const SortKey = z.optional(z.string().check(z.minLength(1)));
const Place = z.int().check(z.gte(1), z.lte(LAST_PLACE));
/** The position of an export: in the person's own partition, then in the followers' one, then in each conversation. */
const Position = z.union([
  z.tuple([z.enum(['own', 'followers']), SortKey]),
  z.tuple([z.literal('messages'), ConversationId, Place]),
]);
type Position = z.infer<typeof Position>;

const BEGINNING: Position = ['own'];

const positionOf = (cursor: string): Position | undefined => {
  try {
    return Position.safeParse(JSON.parse(cursor)).data;
  } catch {
    return undefined;
  }
};

interface Dependencies {
  table: Table;
}

/** Reads everything that is kept of a person, a page at a time. */
export class ExportReader {
  readonly #table: Table;

  constructor({ table }: Dependencies) {
    this.#table = table;
  }

  /**
   * @param cursor `next` of the page before. A caller can invent a cursor, so only the person's own data is read with it
   * @returns `undefined` when the cursor is malformed
   */
  async page(
    username: string,
    cursor: string | undefined,
  ): Promise<{ lines: ExportLine[]; next: string | undefined } | undefined> {
    const position = cursor === undefined ? BEGINNING : positionOf(cursor);
    if (!position) return undefined;
    const [lines, next] =
      position[0] === 'messages'
        ? await this.#messages(username, position[1], position[2])
        : await this.#list(username, position);
    return { lines, next: next && JSON.stringify(next) };
  }

  async #list(username: string, [part, after]: ['own' | 'followers', string?]): Promise<[ExportLine[], Position?]> {
    const pk = part === 'own' ? keys.profile(username).pk : lists.followers(username).pk;
    const items = await this.#table.query({ pk, after, limit: PAGE, consistent: true });
    const lines = items.filter(({ type }) => !LEFT_OUT.has(type)).map(toLine);
    const last = items.at(-1);
    if (items.length === PAGE && last) return [lines, [part, last.sk]];
    return [lines, part === 'own' ? ['followers'] : await this.#conversationAfter(username, undefined)];
  }

  /**
   * Reads the person's own messages in one conversation, and nobody else's. For a conversation of which the person is not a
   * member, or which the person has left, the next cursor does not reveal how many later messages there are.
   */
  async #messages(username: string, id: string, place: number): Promise<[ExportLine[], Position?]> {
    const row = await this.#table.get<InboxItem>(keys.inboxRow(username, id), { consistent: true });
    const until = row ? (row.until ?? LAST_PLACE) : 0;
    const query = { ...lists.messages(id, place, until), limit: PAGE, consistent: true };
    const items = until < place ? [] : await this.#table.query<MessageItem>(query);
    const lines = items.filter(({ author }) => author === username).map(toLine);
    const last = items.at(-1);
    if (items.length === PAGE && last) return [lines, ['messages', id, last.place + 1]];
    return [lines, await this.#conversationAfter(username, id)];
  }

  async #conversationAfter(username: string, id: string | undefined): Promise<Position | undefined> {
    const list = lists.inbox(username);
    const after = id && keys.inboxRow(username, id).sk;
    const [row] = await this.#table.query({ ...list, after, limit: 1, consistent: true });
    return row && ['messages', row.sk.slice(list.prefix.length), 1];
  }
}

/** Items of these kinds name the other person, or the thought, in their key alone. */
const NAMED_BY_KEY = new Set(['following', 'follower', 'reacted']);

const toLine = (item: Item): ExportLine => {
  const { pk: _pk, sk, feedPk: _feedPk, feedSk: _feedSk, ...line } = item as Item & ExportLine;
  return { ...line, ...(NAMED_BY_KEY.has(item.type) && { of: sk.slice(sk.indexOf('#') + 1) }) };
};
