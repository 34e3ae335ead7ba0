import * as z from 'zod/mini';
import type { Thought } from './thought.ts';

const Time = z.string().check(z.meta({ format: 'date-time' }));

/** A thought as clients see it, in answers and in frames. */
export const ThoughtView = z
  .object({
    id: z.string(),
    author: z.string(),
    text: z.string(),
    topics: z.array(z.string()),
    inReplyTo: z.optional(z.object({ author: z.string(), id: z.string() })),
    image: z.optional(z.string()),
    createdAt: Time,
    edited: z.boolean(),
    editedAt: z.optional(Time),
    version: z.int(),
    seq: z.int(),
    expiresAt: z.optional(Time),
  })
  .check(z.meta({ id: 'Thought' }));
export type ThoughtView = z.infer<typeof ThoughtView>;

const iso = (ms: number): string => new Date(ms).toISOString();

export const toThoughtView = (thought: Thought): ThoughtView => ({
  id: thought.id,
  author: thought.author,
  text: thought.text,
  topics: thought.topics,
  ...(thought.inReplyTo && { inReplyTo: thought.inReplyTo }),
  ...(thought.image && { image: thought.image }),
  createdAt: iso(thought.createdAt),
  edited: thought.editedAt !== undefined,
  ...(thought.editedAt !== undefined && { editedAt: iso(thought.editedAt) }),
  version: thought.version,
  seq: thought.seq,
  ...(thought.expiresAt !== undefined && { expiresAt: iso(thought.expiresAt * 1000) }),
});
