import type { ClientFrame } from '../protocol/client-frames.ts';

/** Of a topic's or an author's past, ten thoughts take about 10 read units. */
const THOUGHTS_A_TOKEN = 10;
/** A hundred authors take 59 read units. */
const AUTHORS_A_TOKEN = 25;
/** An inbox of 1,000 rows takes 57 read units. */
const INBOX_TOKENS = 10;

/**
 * How many tokens of its connection's limit a frame takes, by the most that it may cost the table. A subscription takes 4 write
 * units, and so does its end. A channel takes 3 to 5 read units to resume, and a busy topic 78.
 */
export const tokensOf = (frame: ClientFrame): number => {
  switch (frame.action) {
    case 'subscribe':
    case 'unsubscribe':
    case 'resume':
      return frame.channels?.length ?? 1;
    case 'history':
      return Math.ceil(frame.limit / THOUGHTS_A_TOKEN);
    case 'check':
      return authorTokens(frame.authors) + (frame.conversations === true ? INBOX_TOKENS : 0);
    case 'ping':
      return authorTokens(frame.authors);
    case 'typing':
      return 1;
  }
};

const authorTokens = (authors: string[] = []): number => Math.max(1, Math.ceil(authors.length / AUTHORS_A_TOKEN));
