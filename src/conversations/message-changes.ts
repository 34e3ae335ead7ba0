import type { BlockStore } from '../follows/block-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeNamed } from '../table/named-writes.ts';
import { AGAIN, done } from '../table/optimistic.ts';
import type { Table } from '../table/table.ts';
import { ERASED } from '../users/username.ts';
import { type Busy, ONCE, takingTurns } from './contended.ts';
import { type Head, isEnded, memberOf, partnerOf, type Roster } from './conversation.ts';
import { headWrite, type MessageItem, messageItem, toMessage, tombstoneItem } from './conversation-items.ts';
import type { Conversation, ConversationReader } from './conversation-reader.ts';
import { isVisible, type Message } from './message.ts';

/** `stale`: the message is at another version than the caller has seen. */
export type ChangeOutcome =
  | { kind: 'changed'; message: Message }
  | { kind: 'not_found' }
  | { kind: 'not_yours' }
  | { kind: 'stale' }
  /** In a conversation of two, one has blocked the other. A delete is possible even so. */
  | { kind: 'blocked' }
  /** The other member of the two was erased. A delete is possible even so. */
  | { kind: 'ended' }
  | Busy;

/** @property expected the versions that the caller would change; any when left out */
export type MessageChange =
  | { kind: 'edit'; author: string; text: string; expected?: readonly number[] | undefined }
  | { kind: 'delete'; author: string; expected?: readonly number[] | undefined }
  | { kind: 'erase'; author: string };

interface Dependencies {
  table: Table;
  runtime: Runtime;
  blocks: BlockStore;
  conversationReader: ConversationReader;
  /** The message at a place, as it is stored. */
  stored: (id: string, place: number) => Promise<Message | undefined>;
}

/** Changes of messages. Each takes its conversation's next number in one transaction with the head, as a new message does. */
export class MessageChanges {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async make(id: string, place: number, change: MessageChange): Promise<ChangeOutcome> {
    const { runtime, conversationReader, table, stored } = this.#deps;
    let tried: MessageItem | undefined;
    return takingTurns<ChangeOutcome>(runtime, async () => {
      const [found, message] = await Promise.all([conversationReader.get(id), stored(id, place)]);
      if (!found || !message) return done({ kind: 'not_found' });
      // An earlier try whose answer was lost was made.
      if (tried && isSame(message, tried)) return done({ kind: 'changed', message });
      const refusal = await this.#refusal(found, message, change);
      if (refusal) return done(refusal);
      const head: Head = { ...found.head, seq: found.head.seq + 1 };
      const item = changed(message, change, head.seq, runtime.now());
      tried = item;
      const refused = await writeNamed(
        table,
        {
          head: headWrite(found.head, head),
          message: { put: item, when: [{ attribute: 'version', is: '=', value: message.version }] },
        },
        ONCE,
      );
      return refused.size === 0 ? done({ kind: 'changed', message: toMessage(item) }) : AGAIN;
    });
  }

  async #refusal(
    { roster }: Conversation,
    message: Message,
    change: MessageChange,
  ): Promise<ChangeOutcome | undefined> {
    const { author } = change;
    if (change.kind === 'erase') return message.author === author ? undefined : { kind: 'not_yours' };
    const member = memberOf(roster, author);
    if (!member || !isVisible(message, { from: member.from })) return { kind: 'not_found' };
    if (message.author !== author) return { kind: 'not_yours' };
    if (change.expected && !change.expected.includes(message.version)) return { kind: 'stale' };
    if (change.kind === 'delete') return undefined;
    if (isEnded(roster)) return { kind: 'ended' };
    return (await isClosed(this.#deps.blocks, roster, author)) ? { kind: 'blocked' } : undefined;
  }
}

/** In a conversation of two, whether one has blocked the other: then neither writes. In a group blocks do not matter. */
export const isClosed = async (blocks: BlockStore, roster: Roster, author: string): Promise<boolean> => {
  const partner = roster.kind === 'two' ? partnerOf(roster, author) : undefined;
  return partner !== undefined && (await blocks.isBlocked(author, [partner]));
};

const changed = (message: Message, change: MessageChange, seq: number, now: number): MessageItem => {
  if (change.kind === 'edit') {
    return messageItem({ ...message, text: change.text, editedAt: now, version: message.version + 1, seq });
  }
  return tombstoneItem(change.kind === 'erase' ? { ...message, author: ERASED } : message, seq, now);
};

/** Whether a message is as a try has written it. Another device of the author may have changed it in between. */
const isSame = (message: Message, tried: MessageItem): boolean =>
  message.seq === tried.seq &&
  message.version === tried.version &&
  message.author === tried.author &&
  message.text === tried.text &&
  (message.deletedAt === undefined) === (tried.deletedAt === undefined);
