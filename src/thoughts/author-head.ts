import { keys } from '../keys/keys.ts';
import { DAY } from '../runtime/runtime.ts';
import type { Item, Write } from '../table/table.ts';
import { timeOfId } from './thought.ts';

/**
 * How many ids a head keeps. Forty packed ones leave the item under 1 KB, also for the longest username: a change then
 * takes the one write unit that its number takes anyway.
 */
export const HEAD_IDS = 40;
const PACKED_LENGTH = 22;
const WEEK = 7 * DAY;

/** What an author's `SEQ` item says. */
export interface AuthorHead {
  author: string;
  /** The number of the author's last change. */
  seq: number;
  /** The greatest ids of the author's thoughts, newest first, those of deleted thoughts included. */
  recent: string[];
  /** Whether the author has no thought beside these. */
  isWhole: boolean;
  /** How many thoughts there are that neither were deleted nor will vanish, but for those that the first edition counted. */
  thoughts: number;
}

export type HeadItem = Item & {
  type: 'head' | 'clock';
  seq: number;
  recent?: string;
  more?: boolean;
  thoughts?: number;
};

/** Ids in 22 characters each. */
export const packIds = (ids: string[]): string =>
  ids.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')).join('');

export const unpackIds = (text: string): string[] =>
  Array.from({ length: Math.floor(text.length / PACKED_LENGTH) }, (_, at) => {
    const hex = Buffer.from(text.slice(at * PACKED_LENGTH, (at + 1) * PACKED_LENGTH), 'base64url').toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  });

export const toHead = (author: string, item: HeadItem | undefined): AuthorHead => {
  const { seq = 0, recent, more = false, thoughts = 0 } = item ?? {};
  // The first edition wrote no ids: such an author has thoughts that the head does not know.
  const isFirstEdition = seq > 0 && recent === undefined;
  return { author, seq, recent: unpackIds(recent ?? ''), isWhole: !more && !isFirstEdition, thoughts };
};

/**
 * Takes the number after the head's, if nobody else has.
 * @param created the id of a new thought. It goes where it belongs: a thought that was slow to be stored is not the newest
 * @param counted by how much the number of thoughts changes
 */
export const headWrite = (
  { author, seq, recent, isWhole }: AuthorHead,
  { created, counted = 0 }: { created?: string; counted?: 1 | 0 | -1 } = {},
): Write => {
  const ids = created === undefined ? recent : [...recent, created].sort().reverse();
  const more = !isWhole || ids.length > HEAD_IDS;
  return {
    update: keys.head(author),
    set: {
      type: 'head',
      seq: seq + 1,
      ...(created !== undefined && { recent: packIds(ids.slice(0, HEAD_IDS)), ...(more && { more }) }),
    },
    ...(counted !== 0 && { add: { thoughts: counted } }),
    when: [seq === 0 ? { attribute: 'seq', is: 'absent' } : { attribute: 'seq', is: '=', value: seq }],
  };
};

/** How many thoughts a day the author has posted in the last week, as far as the head tells. */
export const postsPerDay = ({ recent, isWhole }: AuthorHead, nowMs: number): number => {
  const oldest = recent.at(-1);
  if (oldest === undefined) return 0;
  const lastWeek = recent.filter((id) => timeOfId(id) > nowMs - WEEK).length;
  const isCutOff = !isWhole && lastWeek === recent.length;
  const days = isCutOff ? Math.max(1 / 24, (nowMs - timeOfId(oldest)) / DAY) : 7;
  return lastWeek / days;
};
