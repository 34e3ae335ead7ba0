import type { Item } from '../table/table.ts';
import { isIdOfTwo, type Span } from './conversation.ts';

/** One conversation in one person's inbox. Times are milliseconds since 1970. */
export interface InboxEntry {
  conversation: string;
  /** The number of the last change that this row knows of. */
  seq: number;
  /** The place of the last message. */
  place: number;
  readUpTo: number;
  lastAt: number;
  lastAuthor?: string | undefined;
  /** The beginning of the last message; none when it was deleted. */
  preview?: string | undefined;
  /** Set when the person has left: the messages that may still be seen, and the group's name of then. */
  left?: (Span & { name?: string | undefined }) | undefined;
}

export type InboxItem = Item & {
  type: 'inbox';
  username: string;
  conversation: string;
  seq?: number;
  place?: number;
  readUpTo?: number;
  lastAt?: number;
  lastAuthor?: string;
  preview?: string;
  /** Which kind of writer changed the row last: the stream's filter lets only records by a `reader` through. */
  changedBy: 'stream' | 'reader' | 'member';
  from?: number;
  until?: number;
  untilSeq?: number;
  name?: string;
  /** Set when the person has taken the row of a group that they have left out of their inbox. Milliseconds since 1970. */
  removedAt?: number;
};

export const toEntry = (item: InboxItem): InboxEntry => {
  const { conversation, seq = 0, place = 0, readUpTo = 0, lastAt = 0, lastAuthor, preview, name } = item;
  const { from = 1, until, untilSeq = 0 } = item;
  return {
    ...{ conversation, seq, place, readUpTo, lastAt, lastAuthor, preview },
    ...(until !== undefined && { left: { from, until: { place: until, seq: untilSeq }, name } }),
  };
};

/** A difference of places, which have no holes: nothing has to be counted. */
export const unreadOf = ({ place, readUpTo, left }: InboxEntry): number => (left ? 0 : Math.max(0, place - readUpTo));

/** The most conversations that a client compares at a time. */
const COMPARED = 100;
/** So many of these places no group can take: anybody can put anybody into groups. */
const OF_TWO = 50;

/** The last numbers of the latest conversations, by id; of those that the person has not left. */
export const latestNumbers = (rows: InboxEntry[]): Record<string, number> => {
  const present = inboxPage(rows, {}, rows.length).filter(({ left }) => left === undefined);
  const ofTwo = present.filter(({ conversation }) => isIdOfTwo(conversation)).slice(0, OF_TWO);
  const compared = [...new Set([...ofTwo, ...present])].slice(0, COMPARED);
  return Object.fromEntries(compared.map(({ conversation, seq }) => [conversation, seq]));
};

/** Where a page of an inbox begins: in the part after the conversation `part`, below the entry `below`. */
export interface InboxPosition {
  part?: string | undefined;
  below?: { lastAt: number; conversation: string } | undefined;
}

/** A position as text, for a cursor. */
export const textOfPosition = ({ part = '', below }: InboxPosition): string =>
  [part, ...(below ? [below.lastAt, below.conversation] : [])].join(' ');

export const positionOf = (text: string | undefined): InboxPosition => {
  const [part = '', lastAt, conversation] = text?.split(' ') ?? [];
  return {
    ...(part !== '' && { part }),
    ...(lastAt !== undefined && conversation !== undefined && { below: { lastAt: Number(lastAt), conversation } }),
  };
};

/** Latest first; of two in the same millisecond, in the order of their ids. */
const isBelow = (entry: InboxEntry, { lastAt, conversation }: { lastAt: number; conversation: string }): boolean =>
  entry.lastAt < lastAt || (entry.lastAt === lastAt && entry.conversation < conversation);

/** A page of one part of an inbox, latest first. */
export const inboxPage = (part: InboxEntry[], { below }: InboxPosition, limit: number): InboxEntry[] =>
  part
    // A row that was only marked as read until now shows nothing yet, and one that was removed nothing any more.
    .filter((entry) => entry.lastAt > 0 && (below === undefined || isBelow(entry, below)))
    .sort((a, b) => (isBelow(a, b) ? 1 : -1))
    .slice(0, limit);
