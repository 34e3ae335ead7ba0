import { hash } from 'node:crypto';
import type { Key } from '../table/table.ts';

/** Who may hear: the author's followers, or the connections that subscribed to a channel. */
export type Audience = { kind: 'followers'; author: string } | { kind: 'channel'; channel: string };

/** What counters are kept of: a user, or a thought. */
export type CounterSubject = { kind: 'user'; username: string } | { kind: 'thought'; id: string };

/**
 * The first eight hex digits of a SHA-256. The sort keys of every audience begin with them, so that equal key ranges
 * `[from, to)` hold about equally many members, whatever their names are.
 */
export const slice = (name: string): string => hash('sha256', name).slice(0, 8);

const sha256 = (text: string): string => hash('sha256', text);

const REACTION_PARTITIONS = 8;

/** Places of messages sort as texts: twelve digits, a century of 300 messages a second. */
export const LAST_PLACE = 999_999_999_999;
const padded = (number: number): string => String(number).padStart(12, '0');

/** Every key of the table. No other file builds one. */
export const keys = {
  account: (identity: string): Key => ({ pk: `ACCOUNT#${identity}`, sk: 'ACCOUNT' }),
  /** A digest, because this item stays while the handle of an erased person is reserved, and must not name the person. */
  handle: (handle: string): Key => ({ pk: `HANDLE#${sha256(handle)}`, sk: 'HANDLE' }),
  /** What a person has taken of each limit. */
  limits: (username: string): Key => ({ pk: `LIMITS#${username}`, sk: 'LIMITS' }),
  /** The progress of a person's erasure. */
  erasure: (username: string): Key => ({ pk: `USER#${username}`, sk: 'ERASURE' }),
  profile: (username: string): Key => ({ pk: `USER#${username}`, sk: 'PROFILE' }),
  head: (author: string): Key => ({ pk: `USER#${author}`, sk: 'SEQ' }),
  thought: (author: string, id: string): Key => ({ pk: `USER#${author}`, sk: `THOUGHT#${id}` }),
  following: (follower: string, author: string): Key => ({ pk: `USER#${follower}`, sk: `FOLLOWING#${author}` }),
  follower: (author: string, follower: string): Key => ({
    pk: `FOLLOWERS#${author}`,
    sk: `${slice(follower)}#${follower}`,
  }),
  block: (username: string, blocked: string): Key => ({ pk: `USER#${username}`, sk: `BLOCK#${blocked}` }),
  /** Each shard has its own partition. The first one also holds the counts that only the user's own requests change. */
  count: (of: CounterSubject, shard: number | 'OWN'): Key =>
    shard === 'OWN' || shard === 0
      ? { pk: countPartition(of), sk: String(shard) }
      : { pk: `${countPartition(of)}#${shard}`, sk: String(shard) },
  timelineEntry: (reader: string, thoughtId: string): Key => ({ pk: `TIMELINE#${reader}`, sk: thoughtId }),
  topicEntry: (topic: string, thoughtId: string): Key => ({ pk: `TOPIC#${topic}`, sk: thoughtId }),
  replyEntry: (thoughtId: string, replyId: string): Key => ({ pk: `REPLIES#${thoughtId}`, sk: replyId }),
  /** Reactions to one thought are spread over partitions: one partition key takes 1,000 write units a second. */
  reaction: (thoughtId: string, username: string): Key => ({
    pk: `REACTIONS#${thoughtId}#${Number.parseInt(slice(username), 16) % REACTION_PARTITIONS}`,
    sk: username,
  }),
  /** Where the first edition kept a reaction. */
  firstReaction: (thoughtId: string, username: string): Key => ({ pk: `REACTIONS#${thoughtId}`, sk: username }),
  /** That a person has reacted to a thought, to find it by the person. */
  reacted: (username: string, thoughtId: string): Key => ({ pk: `USER#${username}`, sk: `REACTED#${thoughtId}` }),
  presence: (username: string): Key => ({ pk: `PRESENCE#${username}`, sk: 'PRESENCE' }),
  connection: (connectionId: string): Key => ({ pk: `CONNECTION#${connectionId}`, sk: 'CONNECTION' }),
  connectionChannel: (connectionId: string, channel: string): Key => ({
    pk: `CONNECTION#${connectionId}`,
    sk: `CHANNEL#${channel}`,
  }),
  subscription: (channel: string, connectionId: string): Key => ({
    pk: `CHANNEL#${channel}`,
    sk: `${slice(connectionId)}#${connectionId}`,
  }),
  ticket: (ticket: string): Key => ({ pk: `TICKET#${sha256(ticket)}`, sk: 'TICKET' }),
  /** Each range has a partition of its own, so that the tasks of one change are spread over the stream's shards. */
  fanOutTask: (eventId: string, audience: Audience, range: string): Key => ({
    pk: `FANOUT#${eventId}#${range}`,
    sk: audiencePartition(audience),
  }),
  /** The mark that an audience of a change was split into tasks. It is a digest, because it outlives the fan-out and must not name the author. */
  fanOutCut: (eventId: string, audience: Audience): Key => ({
    pk: `FANOUT#${eventId}#CUT`,
    sk: sha256(audiencePartition(audience)),
  }),
  /** @param window ten minutes, counted from 1970 */
  lag: (ms: number, window: number, shard: number): Key => ({ pk: lagPartition(ms, shard), sk: String(window) }),
  /** The progress of a migration of the table. */
  migration: (name: string): Key => ({ pk: 'MIGRATION', sk: name }),
  conversation: (id: string): Key => ({ pk: `CONVERSATION#${id}`, sk: 'CONVERSATION' }),
  roster: (id: string): Key => ({ pk: `CONVERSATION#${id}`, sk: 'ROSTER' }),
  message: (id: string, place: number): Key => ({ pk: `CONVERSATION#${id}`, sk: `MESSAGE#${padded(place)}` }),
  inboxRow: (username: string, id: string): Key => ({ pk: `USER#${username}`, sk: `CONVERSATION#${id}` }),
  idempotency: (username: string, key: string): Key => ({
    pk: `USER#${username}`,
    sk: `IDEMPOTENCY#${sha256(key)}`,
  }),
  /** The key in the release before. The release after this one no longer writes it. */
  earlierIdempotency: (username: string, key: string): Key => ({
    pk: `IDEMPOTENCY#${username}#${sha256(key)}`,
    sk: 'IDEMPOTENCY',
  }),
};

/** The partition that holds an audience, one item a member, by slice. */
export const audiencePartition = (audience: Audience): string =>
  audience.kind === 'followers' ? `FOLLOWERS#${audience.author}` : `CHANNEL#${audience.channel}`;

/** The partition that holds the shards of one subject's counters. */
const countPartition = (of: CounterSubject): string =>
  of.kind === 'user' ? `COUNTS#USER#${of.username}` : `COUNTS#THOUGHT#${of.id}`;

/** One partition for each day, in a few places. */
export const lagPartition = (ms: number, shard: number): string =>
  `LAG#${new Date(ms).toISOString().slice(0, 10)}#${shard}`;

/** Partitions and sort-key prefixes that are read as lists. */
export const lists = {
  thoughtsOf: (author: string) => ({ pk: `USER#${author}`, prefix: 'THOUGHT#' }),
  followingOf: (follower: string) => ({ pk: `USER#${follower}`, prefix: 'FOLLOWING#' }),
  blocksOf: (username: string) => ({ pk: `USER#${username}`, prefix: 'BLOCK#' }),
  reactedBy: (username: string) => ({ pk: `USER#${username}`, prefix: 'REACTED#' }),
  timeline: (reader: string) => ({ pk: `TIMELINE#${reader}`, prefix: '' }),
  topic: (topic: string) => ({ pk: `TOPIC#${topic}`, prefix: '' }),
  replies: (thoughtId: string) => ({ pk: `REPLIES#${thoughtId}`, prefix: '' }),
  /** One list for each partition. */
  reactions: (thoughtId: string) =>
    Array.from({ length: REACTION_PARTITIONS }, (_, at) => ({ pk: `REACTIONS#${thoughtId}#${at}`, prefix: '' })),
  followers: (author: string) => ({ pk: `FOLLOWERS#${author}`, prefix: '' }),
  /** The messages from one place to another, both included. */
  messages: (id: string, from: number, to = LAST_PLACE) => ({
    pk: `CONVERSATION#${id}`,
    from: keys.message(id, from).sk,
    to: keys.message(id, to).sk,
  }),
  inbox: (username: string) => ({ pk: `USER#${username}`, prefix: 'CONVERSATION#' }),
  /** The part of an inbox that groups take: their ids begin with the time, and those of two people's conversations with 8 to f. */
  groups: (username: string) => ({ pk: `USER#${username}`, from: 'CONVERSATION#', to: 'CONVERSATION#8' }),
  channelsOf: (connectionId: string) => ({ pk: `CONNECTION#${connectionId}`, prefix: 'CHANNEL#' }),
};

/**
 * The keys that put a thought into the feed of all thoughts, in the order of ids. One partition of an index takes 1,000
 * writes a second, and throttles the table's own writes beyond; so the feed has several.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
 */
export const feedKeys = (id: string, shards: number) => ({
  feedPk: `FEED#${Number.parseInt(slice(id), 16) % shards}`,
  feedSk: id,
});

export const feedPartitions = (shards: number): string[] => Array.from({ length: shards }, (_, at) => `FEED#${at}`);

/** The same idempotency key in its earlier place. */
export const earlierIdempotencyOf = (username: string, { sk }: Key): Key => ({
  pk: `IDEMPOTENCY#${username}#${sk.slice('IDEMPOTENCY#'.length)}`,
  sk: 'IDEMPOTENCY',
});

/** The author and the id in a thought's key: `USER#alice`/`THOUGHT#<id>`. */
export const referenceOf = ({ pk, sk }: Key): { author: string; id: string } => ({
  author: pk.slice('USER#'.length),
  id: sk.slice('THOUGHT#'.length),
});

/** The two names in the key of an edge: `USER#bob`/`FOLLOWING#alice` or `FOLLOWERS#alice`/`<slice>#bob`. */
export const namesOfEdge = ({ pk, sk }: Key): { follower: string; author: string } =>
  pk.startsWith('FOLLOWERS#')
    ? { author: pk.slice('FOLLOWERS#'.length), follower: sk.slice(sk.indexOf('#') + 1) }
    : { author: sk.slice('FOLLOWING#'.length), follower: pk.slice('USER#'.length) };

/** The author in the sort key of a follow: `FOLLOWING#alice`. */
export const authorOfFollow = ({ sk }: Pick<Key, 'sk'>): string => sk.slice('FOLLOWING#'.length);

/** A reaction's key in the place of the first edition: `REACTIONS#<thought>`, without a shard. */
export const isFirstReaction = ({ pk }: Key): boolean => pk.split('#').length === 2;

/**
 * A counter's shard in the place of the first edition: eight and one for a single writer in one partition. Now only the first
 * shard stands there, and each other in a partition that ends with its number.
 */
export const isFirstCount = ({ pk, sk }: Key): boolean => /^[1-8]$/.test(sk) && pk.split('#').length === 3;

/** The id in the key of a connection, `CONNECTION#<id>`, or of a subscription, `CHANNEL#<channel>`/`<slice>#<id>`. */
export const connectionIdOf = ({ pk, sk }: Key): string =>
  pk.startsWith('CONNECTION#') ? pk.slice('CONNECTION#'.length) : sk.slice(sk.indexOf('#') + 1);

/** The author in the key of a head: `USER#alice`/`SEQ`. */
export const authorOfHead = ({ pk }: Key): string => pk.slice('USER#'.length);
