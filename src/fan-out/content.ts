import type { Audience } from '../keys/keys.ts';
import { type EventBody, eventBodyOf } from '../protocol/thought-event.ts';
import { isVisible, type Thought, type ThoughtReference } from '../thoughts/thought.ts';
import type { ThoughtChange } from './task.ts';

/** What there is to deliver of a change now. */
export interface Content {
  /** Followers get an entry of this thought. */
  entry?: ThoughtReference;
  /** Listeners get an event. */
  eventBody?: EventBody;
  /** When the thought was read. */
  readAt: number;
}

/** Writing entries may wait for the table. What was read longer ago is read again before it is delivered. */
const FRESH_MS = 1_000;

export const isFresh = ({ readAt }: Content, nowMs: number): boolean => nowMs - readAt <= FRESH_MS;

/**
 * What a change comes to by now for an audience, or for its author. A version that was replaced is not pushed: the change
 * that replaced it is pushed by itself. But the first version brings an entry, which no later change does; and whoever gets
 * one is told, for the later change may have passed by before, and the reader have read the timeline in between. And the
 * change that replaced an edit does not reach the listeners of a topic which the thought had left by that edit.
 */
export const contentOf = (
  change: ThoughtChange,
  audience: Audience | undefined,
  thought: Thought,
  readAt: number,
  nowMs: number,
): Content => {
  const isCurrent = thought.version === change.version || (change.version > 1 && hasLeft(thought, audience));
  if (thought.deletedAt !== undefined) return { readAt, ...(isCurrent && { eventBody: eventBodyOf(thought) }) };
  if (!isVisible(thought, nowMs)) return { readAt };
  return {
    readAt,
    ...(change.version === 1 && { entry: change }),
    ...((isCurrent || change.version === 1) && { eventBody: eventBodyOf(thought) }),
  };
};

const hasLeft = ({ topics }: Thought, audience: Audience | undefined): boolean =>
  audience?.kind === 'channel' &&
  audience.channel.startsWith('topic:') &&
  !topics.some((topic) => audience.channel === `topic:${topic}`);
