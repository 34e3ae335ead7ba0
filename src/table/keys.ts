import { createHash } from 'node:crypto';

/** The primary key of an item. */
export interface Key {
  pk: string;
  sk: string;
}

/** Who may hear: the author's followers, or the connections that subscribed to a channel. */
export type Audience = { kind: 'followers'; author: string } | { kind: 'channel'; channel: string };

/** What counters are kept of: a user, or a thought. */
export type Counted = { kind: 'user'; username: string } | { kind: 'thought'; id: string };

/**
 * Eight hex digits of a SHA-256. They stand first in the sort key of every audience, so that any key range
 * `[from, to)` of them is an even slice of the audience, whatever the names in it are.
 */
export const slice = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 8);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Every key of the table. No other file builds one. */
export const keys = {
  profile: (username: string): Key => ({ pk: `USER#${username}`, sk: 'PROFILE' }),
  clock: (author: string): Key => ({ pk: `USER#${author}`, sk: 'SEQ' }),
  thought: (author: string, id: string): Key => ({ pk: `USER#${author}`, sk: `THOUGHT#${id}` }),
  following: (follower: string, author: string): Key => ({ pk: `USER#${follower}`, sk: `FOLLOWING#${author}` }),
  follower: (author: string, follower: string): Key => ({
    pk: `FOLLOWERS#${author}`,
    sk: `${slice(follower)}#${follower}`,
  }),
  block: (username: string, blocked: string): Key => ({ pk: `USER#${username}`, sk: `BLOCK#${blocked}` }),
  count: (of: Counted, shard: number): Key => ({ pk: countPartition(of), sk: String(shard) }),
  timelineEntry: (reader: string, thoughtId: string): Key => ({ pk: `TIMELINE#${reader}`, sk: thoughtId }),
  topicEntry: (topic: string, thoughtId: string): Key => ({ pk: `TOPIC#${topic}`, sk: thoughtId }),
  replyEntry: (thoughtId: string, replyId: string): Key => ({ pk: `REPLIES#${thoughtId}`, sk: replyId }),
  reaction: (thoughtId: string, username: string): Key => ({ pk: `REACTIONS#${thoughtId}`, sk: username }),
  presence: (username: string): Key => ({ pk: `PRESENCE#${username}`, sk: 'PRESENCE' }),
  connection: (cid: string): Key => ({ pk: `CONNECTION#${cid}`, sk: 'CONNECTION' }),
  connectionChannel: (cid: string, channel: string): Key => ({ pk: `CONNECTION#${cid}`, sk: `CHANNEL#${channel}` }),
  subscription: (channel: string, cid: string): Key => ({ pk: `CHANNEL#${channel}`, sk: `${slice(cid)}#${cid}` }),
  ticket: (ticket: string): Key => ({ pk: `TICKET#${sha256(ticket)}`, sk: 'TICKET' }),
  fanOutTask: (eventId: string, audience: Audience, range: string): Key => ({
    pk: `FANOUT#${eventId}`,
    sk: `${audiencePartition(audience)}#${range}`,
  }),
  idempotency: (username: string, key: string): Key => ({
    pk: `IDEMPOTENCY#${username}#${sha256(key)}`,
    sk: 'IDEMPOTENCY',
  }),
};

/** The partition that holds an audience, one item a member, by slice. */
export const audiencePartition = (audience: Audience): string =>
  audience.kind === 'followers' ? `FOLLOWERS#${audience.author}` : `CHANNEL#${audience.channel}`;

/** The partition that holds the shards of one subject's counters. */
export const countPartition = (of: Counted): string =>
  of.kind === 'user' ? `COUNTS#USER#${of.username}` : `COUNTS#THOUGHT#${of.id}`;

/** Partitions and sort-key prefixes that are read as lists. */
export const lists = {
  thoughtsOf: (author: string) => ({ pk: `USER#${author}`, prefix: 'THOUGHT#' }),
  followingOf: (follower: string) => ({ pk: `USER#${follower}`, prefix: 'FOLLOWING#' }),
  blocksOf: (username: string) => ({ pk: `USER#${username}`, prefix: 'BLOCK#' }),
  timeline: (reader: string) => ({ pk: `TIMELINE#${reader}`, prefix: '' }),
  topic: (topic: string) => ({ pk: `TOPIC#${topic}`, prefix: '' }),
  replies: (thoughtId: string) => ({ pk: `REPLIES#${thoughtId}`, prefix: '' }),
  reactions: (thoughtId: string) => ({ pk: `REACTIONS#${thoughtId}`, prefix: '' }),
  followers: (author: string) => ({ pk: `FOLLOWERS#${author}`, prefix: '' }),
  tasks: (eventId: string) => ({ pk: `FANOUT#${eventId}`, prefix: '' }),
  channelsOf: (cid: string) => ({ pk: `CONNECTION#${cid}`, prefix: 'CHANNEL#' }),
};

/** The index keys that put a thought in the feed of all thoughts, in the order of ids. */
export const feedKeys = (id: string) => ({ gsi1pk: FEED, gsi1sk: id });
export const FEED = 'FEED';
