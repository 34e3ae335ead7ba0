import { DAY, seconds } from '../runtime.ts';
import { feedKeys, keys } from '../table/keys.ts';
import type { Item, Write } from '../table/table.ts';
import type { Thought, ThoughtReference } from './thought.ts';

/** How long a tombstone tells late readers of the stream that a thought is gone. */
const TOMBSTONE_DAYS = 30;

export type ThoughtItem = Item & Thought & { type: 'thought'; gsi1pk?: string; gsi1sk?: string };
export type ClockItem = Item & { type: 'clock'; author: string; seq: number };

export const thoughtItem = (thought: Thought): ThoughtItem => ({
  ...keys.thought(thought.author, thought.id),
  ...feedKeys(thought.id),
  type: 'thought',
  ...thought,
});

/** What stays of a deleted thought: enough to number the change and to tell whom it concerned, and no content. */
export const tombstoneItem = (thought: Thought, seq: number, nowMs: number): ThoughtItem => ({
  ...keys.thought(thought.author, thought.id),
  type: 'thought',
  id: thought.id,
  author: thought.author,
  text: '',
  topics: thought.topics,
  inReplyTo: thought.inReplyTo,
  createdAt: thought.createdAt,
  deletedAt: nowMs,
  version: thought.version + 1,
  seq,
  expiresAt: seconds(nowMs + TOMBSTONE_DAYS * DAY),
});

export const toThought = ({ pk, sk, type, gsi1pk, gsi1sk, ...thought }: ThoughtItem): Thought => thought;

/** The part of a transaction that needs a thought which can be seen; it holds when `isVisible` does. */
export const visibleCheck = ({ author, id }: ThoughtReference, nowMs: number): Write => ({
  check: keys.thought(author, id),
  when: [
    { attribute: 'pk', is: 'present' },
    { attribute: 'deletedAt', is: 'absent' },
    { attribute: 'expiresAt', is: 'absent or >', value: seconds(nowMs) },
  ],
});
