import type { Conversation } from '../api/types.ts';

export const CONVERSATIONS = '/conversations';

export const conversationPath = (id: string): string => `${CONVERSATIONS}/${id}`;

/** The title of a conversation: a group's name, or the names of the others. */
export const nameOf = ({ name, members }: Pick<Conversation, 'name' | 'members'>, username: string): string =>
  name || members.filter((member) => member !== username).join(', ') || 'A conversation you left';
