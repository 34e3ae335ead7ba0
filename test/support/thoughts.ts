import type { LiveEvent } from '../../src/push/live-event.ts';
import { happeningOf } from '../../src/push/live-event.ts';
import type { Thought } from '../../src/thoughts/thought.ts';
import { TestAmbient } from './test-ambient.ts';

const ambient = new TestAmbient();

/** A thought that was never stored. */
export const aThought = (more: Partial<Thought> = {}): Thought => ({
  id: ambient.newId(),
  author: 'alice',
  text: 'a thought',
  topics: [],
  createdAt: ambient.now(),
  version: 1,
  seq: 1,
  ...more,
});

/** The event of a thought that was never stored. */
export const anEvent = (more: Partial<Thought> = {}, channels = ['timeline']): LiveEvent => ({
  ...happeningOf(aThought(more)),
  channels,
});
