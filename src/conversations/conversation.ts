import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { line, Text } from '../thoughts/text-schemas.ts';
import { Username } from '../users/username.ts';

/** One invocation reads the connections of all members to push a message. */
export const MAX_MEMBERS = 100;

/**
 * In a larger group typing and read marks are not pushed: with 100 members, each would get 99 read marks for one message.
 */
export const RECEIPT_MEMBERS = 20;

/** A UUID: version 7 for a group, and version 8 for two people, whose id is a hash of their names. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const ConversationId = z.string().check(z.regex(ID, 'must be a conversation id, a UUID in lower case'));

const Name = line(50).check(z.meta({ description: "A group's name" }));

export const NewConversation = z.strictObject({
  members: z
    .array(Username)
    .check(
      z.minLength(1),
      z.maxLength(MAX_MEMBERS - 1),
      z.meta({ description: 'The others. With one, and without a name, it is the conversation of these two' }),
    ),
  name: z.optional(Name),
  text: Text,
});
export type NewConversation = z.infer<typeof NewConversation>;

export const NewName = z.strictObject({ name: Name });

/** The members of a conversation of two stay until one of them is erased; those of a group change. */
export type ConversationKind = 'two' | 'group';

/** The last numbers of a conversation. Every change of it is conditional on both `seq` and `rosterVersion`. */
export interface Head {
  id: string;
  /** The number of the last change of a message: new, edited, deleted. */
  seq: number;
  /** The place of the last message. */
  place: number;
  /** The version of the roster that belongs to this head. */
  rosterVersion: number;
}

/** The members of a conversation now, and its name. */
export interface Roster {
  id: string;
  kind: ConversationKind;
  name?: string | undefined;
  members: Member[];
  /** Milliseconds since 1970. */
  createdAt: number;
  /** 1 when created, one more with each change of the members or the name. */
  version: number;
}

export interface Member {
  username: string;
  /** The place of the first message that this member may see. */
  from: number;
  /** The conversation's number when the member was added; none for who is in it from the beginning. */
  fromSeq?: number | undefined;
}

/** The messages that one person may see: from one place on and, for somebody who has left, up to another. */
export interface Span {
  from: number;
  /** The conversation's number when the person was added. Later changes of what they may not see are told without content. */
  fromSeq?: number | undefined;
  /** The last message and the last change before the person left. */
  until?: { place: number; seq: number } | undefined;
}

/**
 * The same two people have the same conversation, and no item is needed to find it. The first bit is set, so that in an
 * inbox these ids sort behind those of groups, which begin with the time: read backwards, it has them first.
 * @param generation 0 for the first conversation of these two names; the next number for the one after it has ended
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.8
 */
export const conversationOfTwo = (one: string, other: string, generation = 0): string => {
  const names = [one, other].sort().join(' ');
  const hashed = generation === 0 ? names : `${names} ${generation}`;
  const bytes = createHash('sha256').update(hashed).digest().subarray(0, 16);
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

/** Whether an id is one of two people's conversation. */
export const isIdOfTwo = (id: string): boolean => id[14] === '8';

/** Each name once, without the caller's. */
export const othersOf = (username: string, members: string[]): string[] =>
  [...new Set(members)].filter((name) => name !== username);

export const memberOf = ({ members }: Roster, username: string): Member | undefined =>
  members.find((member) => member.username === username);

/** The other one of two. */
export const partnerOf = ({ members }: Roster, username: string): string | undefined =>
  members.find((member) => member.username !== username)?.username;

/** Whether one of the two was erased: the other can still read the messages, and nobody can post. */
export const isEnded = ({ kind, members }: Roster): boolean => kind === 'two' && members.length < 2;

/** The roster with one more member, who sees the messages after `head`. */
export const withMember = (roster: Roster, username: string, head: Head): Roster => ({
  ...roster,
  members: [...roster.members, { username, from: head.place + 1, fromSeq: head.seq }],
  version: roster.version + 1,
});

export const withoutMember = (roster: Roster, username: string): Roster => ({
  ...roster,
  members: roster.members.filter((member) => member.username !== username),
  version: roster.version + 1,
});

export const renamed = (roster: Roster, name: string): Roster => ({ ...roster, name, version: roster.version + 1 });
