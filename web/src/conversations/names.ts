import type { Conversation } from '../api/types.ts';

export const conversationPath = (id: string): string => `/conversations/${id}`;

/** What a conversation is called: a group by its name, or everybody but oneself. */
export const nameOf = ({ name, members }: Pick<Conversation, 'name' | 'members'>, username: string): string =>
  name || members.filter((member) => member !== username).join(', ') || 'A conversation you left';
