import pMap from 'p-map';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { Head, Member, Roster } from '../conversations/conversation.ts';
import { memberOf, RECEIPT_MEMBERS } from '../conversations/conversation.ts';
import type { ConversationReader } from '../conversations/conversation-reader.ts';
import { toConversationView } from '../conversations/conversation-view.ts';
import type { InboxStore } from '../conversations/inbox-store.ts';
import { isNumberOnly, type Message } from '../conversations/message.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { BlockStore } from '../follows/block-store.ts';
import { eventOfMessage, redactedEventOf } from '../protocol/message-event.ts';
import type { ConversationFrame } from '../protocol/packing.ts';
import type { PushBuffer } from '../push/push-buffer.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { LagStore } from '../timelines/lag-store.ts';

/** A change in a conversation, by reference: what is told is read when it is delivered. */
export type ConversationChange =
  /** @property at when it was made, in milliseconds since 1970 */
  | { kind: 'message'; conversation: string; place: number; version: number; at: number }
  /** @property before who was in it before the change */
  | { kind: 'roster'; conversation: string; before: string[] }
  | { kind: 'read'; conversation: string; username: string };

export interface ConversationDependencies {
  conversationReader: ConversationReader;
  messages: MessageStore;
  inboxes: InboxStore;
  blocks: BlockStore;
  presence: PresenceStore;
  lag: LagStore;
  runtime: Runtime;
}

const ROWS_AT_ONCE = 16;

/** Takes a change in a conversation to its members, all in one page: they are at most 100. */
export class ConversationFanOut {
  readonly #deps: ConversationDependencies;
  /** What the rows of a conversation are being raised to, or were, for each invocation: a burst is written once. */
  readonly #raised = new WeakMap<PushBuffer, Map<string, { seq: number; done: Promise<void> }>>();

  constructor(deps: ConversationDependencies) {
    this.#deps = deps;
  }

  async handle(change: ConversationChange, pushBuffer: PushBuffer): Promise<void> {
    if (change.kind === 'message') await this.#tellMessage(change, pushBuffer);
    else if (change.kind === 'roster') await this.#tellRoster(change, pushBuffer);
    else await this.#tellRead(change, pushBuffer);
  }

  /**
   * The order of the reads matters. The head comes before the last message: so the row never shows less than the head
   * that it names. The members come after the message: whoever has left by then hears nothing that was said later.
   */
  async #tellMessage(change: Extract<ConversationChange, { kind: 'message' }>, pushBuffer: PushBuffer): Promise<void> {
    const { conversationReader, messages, inboxes, lag, runtime } = this.#deps;
    await lag.note(runtime.now() - change.at);
    const { conversation, place, version } = change;
    const head = await conversationReader.head(conversation);
    if (!head) return;
    const [message, last] = await Promise.all([
      messages.stored(conversation, place),
      head.place === place ? undefined : messages.stored(conversation, head.place),
    ]);
    const roster = await conversationReader.roster(conversation);
    if (!roster) return;
    await this.#raise(roster, head, head.place === place ? message : last, pushBuffer);
    if (!message) return;
    // Whoever writes has read what came before.
    if (version === 1 && memberOf(roster, message.author)) {
      await inboxes.markRead(message.author, conversation, place, 'stream');
    }
    // A version that was replaced is not told: the change that replaced it is told by itself.
    if (message.version !== version) return;
    const event = eventOfMessage(message);
    const bare = redactedEventOf(message);
    const newcomers = new Set(
      roster.members.filter((member) => isNumberOnly(message, member)).map(({ username }) => username),
    );
    const heard = [...seeing(roster.members, place).map(({ username }) => username), ...newcomers];
    for (const connection of await this.#connectionsOf(heard)) {
      pushBuffer.addMessage(connection, newcomers.has(connection.username) ? bare : event);
    }
  }

  async #raise(roster: Roster, head: Head, last: Message | undefined, pushBuffer: PushBuffer): Promise<void> {
    const raised = this.#raised.get(pushBuffer) ?? new Map<string, { seq: number; done: Promise<void> }>();
    this.#raised.set(pushBuffer, raised);
    const known = raised.get(head.id);
    if (known && known.seq >= head.seq) return known.done;
    const raise = ({ username }: Member) => this.#deps.inboxes.raise(username, head, last);
    const done = pMap(seeing(roster.members, head.place), raise, { concurrency: ROWS_AT_ONCE }).then(() => {});
    raised.set(head.id, { seq: head.seq, done });
    await done;
  }

  async #tellRoster({ conversation, before }: { conversation: string; before: string[] }, pushBuffer: PushBuffer) {
    const roster = await this.#deps.conversationReader.roster(conversation);
    if (!roster) return;
    const view = toConversationView(roster);
    const changed = { type: 'conversation.changed', conversation: view, left: false } as const;
    for (const connection of await this.#connectionsOf(view.members)) {
      const after = memberOf(roster, connection.username)?.fromSeq;
      pushBuffer.addConversationFrame(connection, { ...changed, ...(after !== undefined && { after }) });
    }
    const gone = before.filter((username) => !memberOf(roster, username));
    const { name: _, ...rest } = view;
    const without = { ...rest, members: [] };
    await this.#tell(gone, { type: 'conversation.changed', conversation: without, left: true }, pushBuffer);
  }

  /** To the reader's own devices, and, in a small group, to the others. */
  async #tellRead({ conversation, username }: { conversation: string; username: string }, pushBuffer: PushBuffer) {
    const { conversationReader, inboxes, blocks } = this.#deps;
    const [roster, row] = await Promise.all([
      conversationReader.roster(conversation),
      inboxes.row(username, conversation, { consistent: true }),
    ]);
    if (!roster || !row || !memberOf(roster, username)) return;
    const members = roster.members.map((member) => member.username);
    const others = members.filter((name) => name !== username);
    const isBlocked = roster.kind === 'two' && (await blocks.isBlocked(username, others));
    const told = members.length > RECEIPT_MEMBERS || isBlocked ? [username] : members;
    const upTo = row.readUpTo;
    await this.#tell(told, { type: 'conversation.read', conversationId: conversation, username, upTo }, pushBuffer);
  }

  async #tell(usernames: string[], frame: ConversationFrame, pushBuffer: PushBuffer): Promise<void> {
    for (const connection of await this.#connectionsOf(usernames)) pushBuffer.addConversationFrame(connection, frame);
  }

  /** Read after the rows were written: whoever connects later reads them. */
  async #connectionsOf(usernames: string[]) {
    if (usernames.length === 0) return [];
    const present = await this.#deps.presence.of(usernames, { consistent: true });
    return [...present.values()].flatMap(({ username, connections }) =>
      connections.map((connection) => ({ username, ...connection })),
    );
  }
}

/** Those who may see a message: who was added later may not. */
const seeing = (members: Member[], place: number): Member[] => members.filter(({ from }) => from <= place);
