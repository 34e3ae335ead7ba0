import { ConversationId } from '../conversations/conversation.ts';
import { normalizeTopic, TOPIC_PATTERN } from '../thoughts/text.ts';
import { Username } from '../users/username.ts';

/** What a connection can listen to. `timeline` comes by itself: every connection hears its own user's. */
export type Channel = 'timeline' | 'all' | `author:${string}` | `topic:${string}` | ConversationChannel;

/** Its members hear it without asking; to everybody else there is no such channel. */
export type ConversationChannel = `conversation:${string}`;

export type ChannelOutcome = { kind: 'channel'; channel: Channel } | { kind: 'unknown' };

const UNKNOWN = { kind: 'unknown' } as const;

export const isConversation = (channel: Channel): channel is ConversationChannel => channel.startsWith('conversation:');

/** The id of the conversation that a channel is of. */
export const conversationOf = (channel: ConversationChannel): string => channel.slice('conversation:'.length);

/** Reads a channel's name as a client wrote it, and gives the one spelling of it. */
export const parseChannel = (text: string): ChannelOutcome => {
  if (text === 'timeline' || text === 'all') return { kind: 'channel', channel: text };
  const [, kind, name = ''] = /^(author|topic|conversation):(.*)$/su.exec(text) ?? [];
  if (kind === 'author' && Username.safeParse(name).success) return { kind: 'channel', channel: `author:${name}` };
  if (kind === 'conversation') {
    return ConversationId.safeParse(name).success ? { kind: 'channel', channel: `conversation:${name}` } : UNKNOWN;
  }
  const topic = normalizeTopic(name);
  if (kind === 'topic' && TOPIC_PATTERN.test(topic)) return { kind: 'channel', channel: `topic:${topic}` };
  return UNKNOWN;
};
