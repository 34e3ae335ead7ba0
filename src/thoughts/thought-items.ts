import { feedKeys, keys } from '../keys/keys.ts';
import { DAY, seconds } from '../runtime/runtime.ts';
import type { Item } from '../table/table.ts';
import type { Thought } from './thought.ts';

/** How long a tombstone tells late readers of the stream that a thought is gone. */
const TOMBSTONE_DAYS = 30;

export type ThoughtItem = Item & Thought & { type: 'thought'; feedPk?: string; feedSk?: string };

/** @param feedShards over how many partitions the feed of all thoughts is spread */
export const thoughtItem = (thought: Thought, feedShards: number): ThoughtItem => ({
  ...keys.thought(thought.author, thought.id),
  ...feedKeys(thought.id, feedShards),
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

export const toThought = ({ pk, sk, type, feedPk, feedSk, ...thought }: ThoughtItem): Thought => thought;
