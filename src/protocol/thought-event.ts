import * as z from 'zod/mini';
import type { Thought } from '../thoughts/thought.ts';
import { ThoughtView, toThoughtView } from '../thoughts/thought-view.ts';

/** One change of a thought, as clients hear it. The same change always has the same id. */
export const ThoughtEvent = z
  .object({
    id: z.string().check(z.meta({ description: 'The same for every delivery of the same change' })),
    type: z.enum(['thought.created', 'thought.updated', 'thought.deleted']),
    channels: z.array(z.string()).check(z.meta({ description: 'Every channel by which it came' })),
    author: z.string(),
    seq: z.int().check(z.meta({ description: "The number of the author's change, without holes" })),
    at: z.string().check(z.meta({ format: 'date-time' })),
    thoughtId: z.string(),
    thought: z.optional(ThoughtView).check(z.meta({ description: 'The thought as it is now; none when deleted' })),
  })
  .check(z.meta({ id: 'Event' }));
export type ThoughtEvent = z.infer<typeof ThoughtEvent>;

/** An event without its channels, which differ for each connection. */
export type EventBody = Omit<ThoughtEvent, 'channels'>;

/** The event of the last change of a thought, made from its present version. */
export const eventBodyOf = (thought: Thought): EventBody => {
  const { id, author, version, seq, createdAt, editedAt, deletedAt } = thought;
  const base = { id: `${id}:${version}`, author, seq, thoughtId: id };
  const at = new Date(deletedAt ?? editedAt ?? createdAt).toISOString();
  if (deletedAt !== undefined) return { ...base, at, type: 'thought.deleted' };
  const type = version === 1 ? 'thought.created' : 'thought.updated';
  return { ...base, at, type, thought: toThoughtView(thought) };
};
