import type { BlockStore } from '../follows/block-store.ts';
import { keys, LAST_PLACE, lists } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, type Attempt, done } from '../table/optimistic.ts';
import { type Table, TableBusyError } from '../table/table.ts';
import { earlierPost, type Idempotency, idempotencyWrites, isUsed } from '../thoughts/idempotency.ts';
import { type Busy, ONCE, takingTurns } from './contended.ts';
import { type Head, isEnded, memberOf, type Roster, type Span } from './conversation.ts';
import { headWrite, type MessageItem, messageItem, rosterWrite, toMessage } from './conversation-items.ts';
import type { Conversation, ConversationReader } from './conversation-reader.ts';
import { isVisible, isWithin, type Message } from './message.ts';
import { type ChangeOutcome, isClosed, MessageChanges } from './message-changes.ts';

export type PostOutcome =
  | { kind: 'posted'; conversation: Conversation; message: Message }
  /** An earlier request with the same idempotency key has posted it. */
  | { kind: 'replayed'; conversation: Conversation; message: Message }
  /** An earlier request with the same idempotency key has posted it, and it was deleted since. */
  | { kind: 'gone' }
  | { kind: 'key_reused' }
  | { kind: 'not_found' }
  | { kind: 'blocked' }
  /** The other member of a conversation of two was erased. */
  | { kind: 'ended' }
  | Busy;

export interface NewPost {
  author: string;
  text: string;
  idempotency?: Idempotency | undefined;
}

/** Where a page of messages begins, and how much it holds. */
export interface MessagePageRequest {
  /** The place of the last message of the page before. */
  after?: number | undefined;
  limit: number;
  oldestFirst?: boolean;
  /** Give deleted messages too, as tombstones. */
  tombstones?: boolean;
}

/** `next`: there may be more messages after that place, also when this page is short or empty. */
export interface MessagePage {
  messages: Message[];
  next?: number | undefined;
}

interface Dependencies {
  table: Table;
  runtime: Runtime;
  blocks: BlockStore;
  conversationReader: ConversationReader;
}

/** The head of a conversation of which nothing is stored yet. */
const startOf = (roster: Roster): Head => ({ id: roster.id, seq: 0, place: 0, rosterVersion: roster.version });

/**
 * The messages of conversations. Each takes its conversation's next number in one transaction with the head, the only
 * item that all writers share. Membership is read before; the head's condition refuses the write if it has changed since.
 */
export class MessageStore {
  readonly #deps: Dependencies;
  readonly #changes: MessageChanges;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#changes = new MessageChanges({ ...deps, stored: (id, place) => this.stored(id, place) });
  }

  /** @param opening the roster to create the conversation with, if there is none of this id yet */
  async post(id: string, post: NewPost, opening?: Roster): Promise<PostOutcome> {
    const { runtime, conversationReader } = this.#deps;
    const messageId = runtime.newId();
    let tried: number | undefined;
    return takingTurns<PostOutcome>(runtime, async () => {
      const found = await conversationReader.get(id);
      // An earlier try whose answer was lost may have been made: then its message stands at the place that it took.
      const mine = tried === undefined ? undefined : await this.stored(id, tried);
      if (found && mine && mine.id === messageId) return done({ kind: 'posted', conversation: found, message: mine });
      const roster = found?.roster ?? opening;
      if (!roster || !memberOf(roster, post.author)) return this.#unless(post, { kind: 'not_found' });
      if (isEnded(roster)) return this.#unless(post, { kind: 'ended' });
      if (await isClosed(this.#deps.blocks, roster, post.author)) return this.#unless(post, { kind: 'blocked' });
      const before = found?.head ?? startOf(roster);
      const head: Head = { ...before, seq: before.seq + 1, place: before.place + 1 };
      const createdAt = runtime.now();
      const { author, text, idempotency } = post;
      const message: Message = {
        ...{ conversation: id, place: head.place, id: messageId, author, text, createdAt },
        ...{ version: 1, seq: head.seq },
      };
      tried = message.place;
      const posted = { id: `${id}:${message.place}` };
      const refused = await writeNamed(
        this.#deps.table,
        {
          head: headWrite(found?.head, head),
          message: { put: messageItem(message) },
          ...(!found && { roster: rosterWrite(roster) }),
          ...(idempotency && idempotencyWrites(author, idempotency, posted, createdAt)),
        },
        ONCE,
      );
      if (refused.size === 0) return done({ kind: 'posted', conversation: { head, roster }, message });
      return isUsed(refused) ? this.#unless(post, undefined) : AGAIN;
    });
  }

  /** @param expected the versions that the caller would change; any when left out */
  async edit(
    id: string,
    place: number,
    author: string,
    text: string,
    expected?: readonly number[],
  ): Promise<ChangeOutcome> {
    return this.#changes.make(id, place, { kind: 'edit', author, text, expected });
  }

  async delete(id: string, place: number, author: string, expected?: readonly number[]): Promise<ChangeOutcome> {
    return this.#changes.make(id, place, { kind: 'delete', author, expected });
  }

  /**
   * Makes one message of a person who is erased a tombstone without an author, whether they are a member or not. A message
   * of somebody else, and one that is erased already, stays as it is.
   * @throws TableBusyError when other changes came first at each try; nothing was written
   */
  async erase(id: string, place: number, username: string): Promise<void> {
    const outcome = await this.#changes.make(id, place, { kind: 'erase', author: username });
    if (outcome.kind === 'busy') throw new TableBusyError('Too many write into the conversation');
  }

  /** A message as stored; it may be a tombstone. */
  async stored(id: string, place: number): Promise<Message | undefined> {
    const item = await this.#deps.table.get<MessageItem>(keys.message(id, place), { consistent: true });
    return item && toMessage(item);
  }

  /** A page of what one person may see of a conversation, newest first unless asked otherwise. */
  async page(
    id: string,
    span: Span,
    { after, limit, oldestFirst = false, tombstones = false }: MessagePageRequest,
  ): Promise<MessagePage> {
    const until = span.until?.place ?? LAST_PLACE;
    const from = oldestFirst && after !== undefined ? Math.max(span.from, after + 1) : span.from;
    const to = !oldestFirst && after !== undefined ? Math.min(after - 1, until) : until;
    // DynamoDB refuses a range that ends before it begins.
    if (to < from) return { messages: [] };
    const items = await this.#deps.table.query<MessageItem>({
      ...lists.messages(id, from, to),
      newestFirst: !oldestFirst,
      limit,
      consistent: true,
    });
    const messages = items.map(toMessage);
    const last = messages.at(-1);
    return {
      messages: messages.filter((message) => (tombstones ? isWithin(message, span) : isVisible(message, span))),
      ...(last && messages.length === limit && { next: last.place }),
    };
  }

  /** The outcome of an earlier request with the same idempotency key; `undefined` when there was none. */
  async earlier({ author, idempotency }: Omit<NewPost, 'text'>): Promise<PostOutcome | undefined> {
    const { runtime, table, conversationReader } = this.#deps;
    const earlier = idempotency && (await earlierPost(table, author, idempotency, runtime.now()));
    if (earlier === undefined || earlier.kind === 'none') return undefined;
    if (earlier.kind === 'key_reused') return earlier;
    const [id = '', place] = earlier.id.split(':');
    const [conversation, message] = await Promise.all([conversationReader.get(id), this.stored(id, Number(place))]);
    const member = conversation && memberOf(conversation.roster, author);
    if (!conversation || !member || !message || !isVisible(message, { from: member.from })) return { kind: 'gone' };
    return { kind: 'replayed', conversation, message };
  }

  /** The outcome of an earlier request with the same key; else the given outcome, or another try when none is given. */
  async #unless(post: NewPost, outcome: PostOutcome | undefined): Promise<Attempt<PostOutcome>> {
    const found = (await this.earlier(post)) ?? outcome;
    return found ? done(found) : AGAIN;
  }
}
