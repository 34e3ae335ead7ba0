import type { MessageItem, RosterItem } from '../conversations/conversation-items.ts';
import type { ConversationStore } from '../conversations/conversation-store.ts';
import type { InboxItem } from '../conversations/inbox.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import { keys, lists } from '../table/keys.ts';
import type { Condition, Table } from '../table/table.ts';
import { ERASED } from '../users/username.ts';

export interface ConversationDependencies {
  table: Table;
  conversations: ConversationStore;
  messages: MessageStore;
}

const MESSAGES = 50;
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];

/**
 * Takes a person out of one conversation: a page of its messages, and after the last page the person's place in it. Messages
 * go as deleted ones do, so that the others' clients hear of it.
 * @param place where the page begins
 */
export const eraseConversation = async (
  { conversations, messages, table }: ConversationDependencies,
  username: string,
  id: string,
  place = 1,
): Promise<{ erased: number; nextPlace?: number }> => {
  const page = await table.query<MessageItem>({ ...lists.messages(id, place), limit: MESSAGES, consistent: true });
  const own = page.filter(({ author }) => author === username);
  for (const message of own) {
    if (message.deletedAt === undefined) await messages.delete(id, message.place, username);
    await table.write([{ update: keys.message(id, message.place), set: { author: ERASED }, when: PRESENT }]);
  }
  const last = page.at(-1);
  if (page.length === MESSAGES && last) return { erased: own.length, nextPlace: last.place + 1 };
  await conversations.leave(username, id);
  await forgetIn(table, username, id);
  return { erased: own.length + 1 };
};

/** The roster of two, who never leave, and the others' rows, which show who wrote last. */
const forgetIn = async (table: Table, username: string, id: string): Promise<void> => {
  const roster = await table.get<RosterItem>(keys.roster(id), { consistent: true });
  if (!roster) return;
  const others = roster.members.map((member) => member.username).filter((name) => name !== username && name !== ERASED);
  if (roster.members.some((member) => member.username === username)) {
    const members = roster.members.map((member) =>
      member.username === username ? { ...member, username: ERASED } : member,
    );
    await table.write([
      {
        update: keys.roster(id),
        set: { members: members as never },
        when: [{ attribute: 'version', is: '=', value: roster.version }],
      },
    ]);
  }
  const rows = await table.batchGet<InboxItem>(
    others.map((other) => keys.inboxRow(other, id)),
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
