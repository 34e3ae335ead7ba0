import type { ClientFrame } from '../protocol/client-frames.ts';

/** Of a topic's or an author's past, ten thoughts take about 10 read units. */
const THOUGHTS_A_TOKEN = 10;
/** A hundred authors take 59 read units. */
const AUTHORS_A_TOKEN = 25;
/** An inbox of 1,000 rows takes 57 read units. */
const INBOX_TOKENS = 10;
/** To open the timeline of somebody with 5,000 follows takes up to 5,118 read units; of somebody with 200, 6 to 137. */
const TIMELINE_TOKENS = 20;

/**
 * How many tokens of its connection's limit a frame takes, by the most that it may cost the table. A subscription takes 4 write
 * units, and so does its end. A channel takes 3 to 5 read units to resume, and a busy topic 78.
 */
export const tokensOf = (frame: ClientFrame): number => {
  switch (frame.action) {
    case 'subscribe':
    case 'unsubscribe':
      return frame.channels?.length ?? 1;
    case 'resume': {
      const names = frame.channels?.map(({ channel }) => channel) ?? [frame.channel ?? 'timeline'];
      return names.reduce((sum, name) => sum + 1 + timelineTokens(name), 0);
    }
    case 'history':
      return Math.ceil(frame.limit / THOUGHTS_A_TOKEN) + timelineTokens(frame.channel);
    case 'check':
      return authorTokens(frame.authors) + TIMELINE_TOKENS + (frame.conversations === true ? INBOX_TOKENS : 0);
    case 'ping':
      return authorTokens(frame.authors) + (frame.authors || frame.since ? TIMELINE_TOKENS : 0);
    case 'typing':
      return 1;
  }
};

const timelineTokens = (channel: string): number => (channel === 'timeline' ? TIMELINE_TOKENS : 0);

const authorTokens = (authors: string[] = []): number => Math.max(1, Math.ceil(authors.length / AUTHORS_A_TOKEN));
