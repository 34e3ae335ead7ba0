import * as z from 'zod/mini';
import { channelOf, MessageView, toMessageView } from '../conversations/conversation-view.ts';
import type { Message } from '../conversations/message.ts';

/** One change of a message, as clients hear it. The same change always has the same id. */
export const MessageEvent = z
  .object({
    id: z.string().check(z.meta({ description: 'The same for every delivery of the same change' })),
    type: z.enum(['message.created', 'message.updated', 'message.deleted']),
    channels: z.array(z.string()).check(z.meta({ description: 'The channel of the conversation' })),
    conversationId: z.string(),
    author: z.string(),
    seq: z.int().check(z.meta({ description: "The number of the conversation's change, without holes" })),
    at: z.string().check(z.meta({ format: 'date-time' })),
    messageId: z.string(),
    place: z.int(),
    message: z
      .optional(MessageView)
      .check(z.meta({ description: 'The message as it is now; none when deleted, or from before one was added' })),
  })
  .check(z.meta({ id: 'MessageEvent' }));
export type MessageEvent = z.infer<typeof MessageEvent>;

/** For a member who may not see the message: the number of its change, as if the message were deleted. */
export const redactedEventOf = (message: Message): MessageEvent => {
  const { message: _, ...event } = eventOfMessage(message);
  return { ...event, type: 'message.deleted' };
};

/** What happened to a message, told by its present version. */
export const eventOfMessage = (message: Message): MessageEvent => {
  const { id, conversation, author, version, seq, place, createdAt, editedAt, deletedAt } = message;
  const base = {
    ...{ id: `${id}:${version}`, channels: [channelOf(conversation)], conversationId: conversation },
    ...{ author, seq, messageId: id, place },
  };
  const at = new Date(deletedAt ?? editedAt ?? createdAt).toISOString();
  if (deletedAt !== undefined) return { ...base, at, type: 'message.deleted' };
  const type = version === 1 ? 'message.created' : 'message.updated';
  return { ...base, at, type, message: toMessageView(message) };
};
