import type { Rate } from './gcra.ts';

/** How many at once, and how many in each minute after that: enough for people and for well-behaved programs. */
const A_MINUTE = {
  /** Posts, edits and deletes of thoughts. */
  posts: 30,
  /** Follows, mutes and blocks, and their ends. */
  follows: 60,
  reactions: 60,
  /** One for each connection. With 20 devices, each can connect twice. */
  tickets: 40,
  images: 10,
  /** Renamed, left and removed. */
  conversations: 20,
  /** Posts, edits and deletes of messages. */
  messages: 60,
  /** Read marks in conversations. */
  receipts: 120,
  /** Pages of the export of one's own data. */
  exports: 30,
  /** Changes of one's own profile. */
  profile: 10,
} as const;

/** The number of calls at once, and the number in each hour after that. */
const AN_HOUR = {
  /**
   * People whom the caller adds to a group, or with whom the caller begins a conversation. A group of 100 takes 99 tokens, so the
   * caller can try it twice. One account reaches at most 400 people in its first hour, and 200 in each hour after that.
   */
  invitations: 200,
} as const;

/** The kinds of calls that are limited for each person. Frames are limited for each connection, in each environment of the function. */
export type LimitKind = keyof typeof A_MINUTE | keyof typeof AN_HOUR;
export type Rates = Partial<Record<LimitKind | 'frames' | 'entries' | 'addresses', Rate>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/**
 * In tokens: one for a frame, and one more for each 20 read units or 4 write units. A reconnect with 100 topics and 200 follows takes
 * 140, less than a quarter, of which the subscriptions take 103. Then 5 a second.
 */
const FRAMES: Rate = { burst: 650, everyMs: 200 };

/**
 * In entries of lists, and in read units beyond them, for each person in each environment of the function. Ten pages of 100 at
 * once, then five pages of 20 a second; or a page of 2,618 read units each 27 seconds.
 */
const ENTRIES: Rate = { burst: 1_000, everyMs: 10 };
/** The same for each address, of calls that need no login. An office of 100 people who open a thread each half a minute takes 170 a second. */
const ADDRESSES: Rate = { burst: 2_000, everyMs: 5 };

const spread = (counts: Record<string, number>, overMs: number): Rates =>
  Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, { burst: count, everyMs: overMs / count }]));

const DEFAULTS: Rates = {
  ...spread(A_MINUTE, MINUTE),
  ...spread(AN_HOUR, HOUR),
  frames: FRAMES,
  entries: ENTRIES,
  addresses: ADDRESSES,
};

const KINDS = Object.keys(DEFAULTS);
const PART = /^([a-z]+)=([1-9]\d{0,6})\/([1-9]\d{0,4})$/;

/**
 * Reads what an operator sets in the place of the defaults: `posts=30/60,images=5/3600` is 30 posts at once and 30 a minute,
 * 5 images at once and 5 an hour. `none` sets no limit at all.
 * @throws Error that names the part which is not valid
 */
export const readRates = (text: string): Rates => {
  if (text === 'none') return {};
  const rates = { ...DEFAULTS };
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [, kind = '', count, seconds] = PART.exec(part.trim()) ?? [];
    if (!KINDS.includes(kind))
      throw new Error(`LIMITS: "${part}" is not <kind>=<count>/<seconds>: ${KINDS.join(', ')}`);
    rates[kind as LimitKind] = { burst: Number(count), everyMs: (Number(seconds) * 1_000) / Number(count) };
  }
  return rates;
};
