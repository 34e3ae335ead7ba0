import { normalizeTopic, TOPIC_PATTERN } from '../thoughts/text.ts';
import { Username } from '../users/username.ts';

/** What a connection can listen to. `timeline` comes by itself: every connection hears its own user's. */
export type Channel = 'timeline' | 'all' | `author:${string}` | `topic:${string}`;

export type ChannelOutcome = { kind: 'channel'; channel: Channel } | { kind: 'unknown' };

/** Reads a channel's name as a client wrote it, and gives the one spelling of it. */
export const parseChannel = (text: string): ChannelOutcome => {
  if (text === 'timeline' || text === 'all') return { kind: 'channel', channel: text };
  const [, kind, name = ''] = /^(author|topic):(.*)$/su.exec(text) ?? [];
  if (kind === 'author' && Username.safeParse(name).success) return { kind: 'channel', channel: `author:${name}` };
  const topic = normalizeTopic(name);
  if (kind === 'topic' && TOPIC_PATTERN.test(topic)) return { kind: 'channel', channel: `topic:${topic}` };
  return { kind: 'unknown' };
};
