import { keys } from '../keys/keys.ts';
import { DAY, seconds } from '../runtime/runtime.ts';
import type { Item, Write } from '../table/table.ts';
import type { Head, Roster } from './conversation.ts';
import type { Message } from './message.ts';

/** For how long a tombstone stays, so that a client which was offline learns that the message is gone. */
const TOMBSTONE_DAYS = 30;

export type HeadItem = Item & Head & { type: 'conversation' };
export type RosterItem = Item & Roster & { type: 'roster' };
export type MessageItem = Item & Message & { type: 'message' };

export const toHead = ({ id, seq, place, rosterVersion }: HeadItem): Head => ({ id, seq, place, rosterVersion });

export const toRoster = ({ pk, sk, type, ...roster }: RosterItem): Roster => roster;

export const toMessage = ({ pk, sk, type, expiresAt, ...message }: MessageItem): Message => message;

/** Replaces the head, unless anything of the conversation has changed since the head was read. */
export const headWrite = (before: Head | undefined, after: Head): Write => ({
  put: { ...keys.conversation(after.id), type: 'conversation', ...after } as HeadItem,
  when: before
    ? [
        { attribute: 'seq', is: '=', value: before.seq },
        { attribute: 'rosterVersion', is: '=', value: before.rosterVersion },
      ]
    : [{ attribute: 'pk', is: 'absent' }],
});

export const rosterItem = (roster: Roster): RosterItem => ({ ...keys.roster(roster.id), type: 'roster', ...roster });

/** It needs no condition, because the head's condition is in the same transaction. */
export const rosterWrite = (roster: Roster): Write => ({ put: rosterItem(roster) });

export const messageItem = (message: Message): MessageItem => ({
  ...keys.message(message.conversation, message.place),
  type: 'message',
  ...message,
});

/** What stays of a deleted message: its place, its author, and no content. */
export const tombstoneItem = (message: Message, seq: number, nowMs: number): MessageItem => {
  const { editedAt: _, ...kept } = message;
  const deleted: Message = { ...kept, text: '', deletedAt: nowMs, version: message.version + 1, seq };
  return { ...messageItem(deleted), expiresAt: seconds(nowMs + TOMBSTONE_DAYS * DAY) };
};
