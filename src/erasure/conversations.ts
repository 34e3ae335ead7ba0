import type { MessageItem } from '../conversations/conversation-items.ts';
import type { ConversationReader } from '../conversations/conversation-reader.ts';
import type { ConversationStore } from '../conversations/conversation-store.ts';
import type { InboxItem } from '../conversations/inbox.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import { keys, lists } from '../keys/keys.ts';
import type { Table } from '../table/table.ts';
import { ERASED } from '../users/username.ts';

export interface ConversationDependencies {
  table: Table;
  conversations: Pick<ConversationStore, 'removeErased'>;
  conversationReader: Pick<ConversationReader, 'roster'>;
  messages: Pick<MessageStore, 'erase'>;
}

/** The most messages that one step reads, and the most that it erases: each erased one may conflict with other changes and be tried again. */
const MESSAGES = 100;
const OWN_MESSAGES = 10;

/**
 * Erases a person from one conversation: their messages in one part of it and, after the last part, their membership. Each
 * message becomes a tombstone, so that the others' clients hear of it; also messages from before the person left, or left
 * and came back.
 * @param place where the part begins
 * @throws TableBusyError when other changes came first at each try; what was erased stays erased, and the rest is found again
 */
export const eraseConversation = async (
  deps: ConversationDependencies,
  username: string,
  id: string,
  place = 1,
): Promise<{ erased: number; nextPlace?: number }> => {
  const { conversations, messages, table } = deps;
  const page = await table.query<MessageItem>({ ...lists.messages(id, place), limit: MESSAGES, consistent: true });
  const own = page.filter(({ author }) => author === username);
  const some = own.slice(0, OWN_MESSAGES);
  for (const message of some) await messages.erase(id, message.place, username);
  const last = own.length > some.length ? some.at(-1) : page.length === MESSAGES ? page.at(-1) : undefined;
  if (last) return { erased: some.length, nextPlace: last.place + 1 };
  await conversations.removeErased(username, id);
  await forgetInRows(deps, username, id);
  return { erased: some.length + 1 };
};

/** Erases the name from the other members' rows, which show who wrote last. */
const forgetInRows = async (
  { conversationReader, table }: ConversationDependencies,
  username: string,
  id: string,
): Promise<void> => {
  const { members = [] } = (await conversationReader.roster(id)) ?? {};
  const rows = await table.batchGet<InboxItem>(
    members.map((member) => keys.inboxRow(member.username, id)),
    { consistent: true },
  );
  for (const { pk, sk, lastAuthor } of rows) {
    if (lastAuthor !== username) continue;
    await table.write([
      {
        update: { pk, sk },
        set: { lastAuthor: ERASED },
        remove: ['preview'],
        when: [{ attribute: 'lastAuthor', is: '=', value: username }],
      },
    ]);
  }
};
