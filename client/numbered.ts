import type { NumberedEvent } from './types.ts';

/** Whose numbers something goes by: an author's, or a conversation's, which go by the name of its channel. */
export const listOf = (one: { author: string; conversationId?: string }): string =>
  one.conversationId === undefined ? one.author : channelOf(one.conversationId);

/** The id of the thought, or of the message. */
export const itemOf = (event: NumberedEvent): string => ('thoughtId' in event ? event.thoughtId : event.messageId);

export const channelOf = (conversationId: string): string => `conversation:${conversationId}`;

/** A conversation's list goes by the name of its channel. */
export const isConversation = (name: string): boolean => name.startsWith('conversation:');
