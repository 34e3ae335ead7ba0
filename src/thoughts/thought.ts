import * as z from 'zod/mini';
import { Username } from '../users/username.ts';
import { MAX_TOPICS, normalizeTopic, TOPIC_PATTERN, topicsOf } from './text.ts';
import { Text } from './text-schemas.ts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const ThoughtId = z.string().check(z.regex(ID, 'must be a thought id, a UUIDv7 in lower case'));

/** What people write: a thought, or a message. */
export const Topic = z.pipe(
  z.string().check(z.minLength(1)),
  z.pipe(
    z.transform((topic: string) => normalizeTopic(topic)),
    z.string().check(z.regex(TOPIC_PATTERN, 'must be 1 to 50 letters, digits or _')),
  ),
);

/** Which thought a reply answers. */
export const ThoughtReference = z.strictObject({ author: Username, id: ThoughtId });
export type ThoughtReference = z.infer<typeof ThoughtReference>;

const Topics = z.array(Topic).check(z.maxLength(MAX_TOPICS));

const topicLimit = (thought: { text?: string | undefined; topics?: string[] | undefined }) =>
  topicsOf(thought.text ?? '', thought.topics).length <= MAX_TOPICS;
const TOPIC_LIMIT = {
  error: `a thought has at most ${MAX_TOPICS} topics, those in its text included`,
  path: ['topics'],
};

const MIN_EXPIRES_IN = 60;
const MAX_EXPIRES_IN = 365 * 24 * 3600;

export const NewThought = z
  .strictObject({
    text: Text,
    topics: z.optional(Topics),
    inReplyTo: z.optional(ThoughtReference),
    image: z.optional(z.string().check(z.regex(/^[a-z0-9_]{2,30}\/[0-9a-f-]{36}\.(png|jpg|gif|webp)$/))),
    expiresIn: z.optional(
      z
        .int()
        .check(
          z.gte(MIN_EXPIRES_IN),
          z.lte(MAX_EXPIRES_IN),
          z.meta({ description: 'Seconds after which the thought vanishes' }),
        ),
    ),
  })
  .check(z.refine(topicLimit, TOPIC_LIMIT));
export type NewThought = z.infer<typeof NewThought>;

export const ThoughtEdit = z
  .strictObject({ text: Text, topics: z.optional(Topics) })
  .check(z.refine(topicLimit, TOPIC_LIMIT));
export type ThoughtEdit = z.infer<typeof ThoughtEdit>;

/** A thought as stored. Times are milliseconds since 1970, `expiresAt` is in seconds. */
export interface Thought {
  id: string;
  author: string;
  text: string;
  topics: string[];
  inReplyTo?: ThoughtReference | undefined;
  image?: string | undefined;
  createdAt: number;
  editedAt?: number | undefined;
  /** Set on a tombstone: it has no text, topics or image any more, and only its `seq` matters. */
  deletedAt?: number | undefined;
  /** Set on a tombstone whose author is being erased: only subscribers of channels get an event for it. */
  erased?: true | undefined;
  /** 1 when created, one more with each edit and with the delete. */
  version: number;
  /** The number of the author's change that made this version. */
  seq: number;
  expiresAt?: number | undefined;
}

/** Whether a reader may see a thought now; the engine may take days to remove what has expired. */
export const isVisible = (thought: Thought, nowMs: number): boolean =>
  thought.deletedAt === undefined && (thought.expiresAt === undefined || thought.expiresAt * 1000 > nowMs);

/** The millisecond in which an id was made. @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The smallest id that a millisecond can have; sorts before every id made in it. */
export const firstIdAt = (ms: number): string => {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};
