import * as z from 'zod/mini';
import { Text } from '../thoughts/text-schemas.ts';
import type { Span } from './conversation.ts';

export const NewMessage = z.strictObject({ text: Text });

/** A message's place in its conversation, as a parameter of a path. */
export const MessagePlace = z.pipe(
  z.string().check(z.regex(/^[1-9][0-9]{0,11}$/, "must be a message's place"), z.meta({ type: 'integer' })),
  z.transform(Number),
);

/** A message as stored. Times are milliseconds since 1970. */
export interface Message {
  conversation: string;
  /** Its place: 1 for the first message of a conversation, without holes. */
  place: number;
  /** A UUIDv7. */
  id: string;
  author: string;
  text: string;
  createdAt: number;
  editedAt?: number | undefined;
  /** Set on a tombstone, which has no text any more. */
  deletedAt?: number | undefined;
  /** 1 when created, one more with each edit and with the delete. */
  version: number;
  /** The number of the conversation's change that made this version, without holes. */
  seq: number;
}

/**
 * Whether one person may know of a message as it is now: it was posted while they were a member and, if they have left,
 * was not changed after that, because the text of a later edit was written after they left.
 */
export const isWithin = ({ place, seq }: Pick<Message, 'place' | 'seq'>, { from, until }: Span): boolean =>
  place >= from && (until === undefined || (place <= until.place && seq <= until.seq));

/**
 * Whether one person is told that a change was made, and nothing of what it says: the message was sent before they came,
 * and changed since. Without its number their list would have a hole.
 */
export const isNumberOnly = ({ place, seq }: Pick<Message, 'place' | 'seq'>, { from, fromSeq }: Span): boolean =>
  place < from && fromSeq !== undefined && seq > fromSeq;

export const isVisible = (message: Message, span: Span): boolean =>
  message.deletedAt === undefined && isWithin(message, span);

/** The length of a preview in an inbox, so that a row is under 1 KB. */
const PREVIEW_CHARACTERS = 100;

export const previewOf = ({ text }: Message): string =>
  [...text.slice(0, 2 * PREVIEW_CHARACTERS)].slice(0, PREVIEW_CHARACTERS).join('').toWellFormed();
