import * as z from 'zod/mini';
import type { Roster } from './conversation.ts';
import { unreadOf } from './inbox.ts';
import type { Insight, ListedEntry } from './inbox-reader.ts';
import type { Message } from './message.ts';

const Time = z.string().check(z.meta({ format: 'date-time' }));
const iso = (ms: number): string => new Date(ms).toISOString();

/** The name of a conversation's channel in the protocol. */
export const channelOf = (id: string): `conversation:${string}` => `conversation:${id}`;

/** A message as clients see it, in answers and in frames. */
export const MessageView = z
  .object({
    id: z.string(),
    conversationId: z.string(),
    place: z.int().check(z.meta({ description: 'In the conversation, 1 for the first message, without holes' })),
    author: z.string(),
    text: z.string(),
    createdAt: Time,
    edited: z.boolean(),
    editedAt: z.optional(Time),
    version: z.int(),
    seq: z.int().check(z.meta({ description: "The number of the conversation's change that made this version" })),
  })
  .check(z.meta({ id: 'Message' }));
export type MessageView = z.infer<typeof MessageView>;

export const toMessageView = (message: Message): MessageView => ({
  id: message.id,
  conversationId: message.conversation,
  place: message.place,
  author: message.author,
  text: message.text,
  createdAt: iso(message.createdAt),
  edited: message.editedAt !== undefined,
  ...(message.editedAt !== undefined && { editedAt: iso(message.editedAt) }),
  version: message.version,
  seq: message.seq,
});

/** A conversation with its members and its name. */
export const ConversationView = z
  .object({
    id: z.string(),
    kind: z.enum(['two', 'group']),
    name: z.optional(z.string()).check(z.meta({ description: "A group's, if it was given one" })),
    members: z.array(z.string()).check(z.meta({ description: 'None are told to who has left' })),
    createdAt: Time,
  })
  .check(z.meta({ id: 'Conversation' }));
export type ConversationView = z.infer<typeof ConversationView>;

export const toConversationView = ({ id, kind, name, members, createdAt }: Roster): ConversationView => ({
  ...{ id, kind, ...(name !== undefined && { name }), members: members.map(({ username }) => username) },
  createdAt: iso(createdAt),
});

const Sequence = z.int().check(z.meta({ description: 'The number of the last change of a message' }));

/** The view for somebody who has left: the name of that moment, and no members. */
const viewOf = (roster: Roster, left: { name?: string | undefined } | undefined): ConversationView =>
  toConversationView(left ? { ...roster, name: left.name, members: [] } : roster);

/** A conversation in one person's inbox. */
export const InboxView = z
  .object({
    ...ConversationView.shape,
    left: z.boolean().check(z.meta({ description: 'What was said until one has left can be read on' })),
    lastAt: Time,
    lastMessage: z
      .optional(z.object({ place: z.int(), author: z.string(), preview: z.optional(z.string()) }))
      .check(z.meta({ description: 'Its first 100 characters; no `preview` when it was deleted' })),
    seq: Sequence,
    readUpTo: z.int().check(z.meta({ description: "The last read message's place; 0: none" })),
    unread: z.int(),
  })
  .check(z.meta({ id: 'InboxEntry' }));
export type InboxView = z.infer<typeof InboxView>;

export const toInboxView = ({ entry, roster }: ListedEntry): InboxView => {
  const { left, lastAt, lastAuthor, preview, place, seq, readUpTo } = entry;
  const lastMessage = lastAuthor !== undefined && {
    ...{ place, author: lastAuthor, ...(preview !== undefined && { preview }) },
  };
  return {
    ...viewOf(roster, left),
    left: left !== undefined,
    lastAt: iso(lastAt),
    ...(lastMessage && { lastMessage }),
    ...{ seq, readUpTo, unread: unreadOf(entry) },
  };
};

/** One conversation, with how far each of its members has read. */
export const InsightView = z
  .object({
    ...ConversationView.shape,
    left: z.boolean(),
    lastPlace: z.int().check(z.meta({ description: "The last message's place" })),
    seq: Sequence,
    readMarks: z
      .array(z.object({ username: z.string(), readUpTo: z.int() }))
      .check(z.meta({ description: 'Of those members who have read anything' })),
  })
  .check(z.meta({ id: 'ConversationDetails' }));

export const toInsightView = (insight: Insight): z.infer<typeof InsightView> => {
  if (insight.kind === 'left') {
    const { until = { place: 0, seq: 0 } } = insight.span;
    return { ...viewOf(insight.roster, insight), left: true, lastPlace: until.place, seq: until.seq, readMarks: [] };
  }
  const { roster, head } = insight.conversation;
  const readMarks = [...insight.readMarks].map(([username, readUpTo]) => ({ username, readUpTo }));
  return { ...toConversationView(roster), left: false, lastPlace: head.place, seq: head.seq, readMarks };
};
