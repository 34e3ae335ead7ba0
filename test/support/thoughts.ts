import type { ThoughtEvent } from '../../src/protocol/thought-event.ts';
import { eventBodyOf } from '../../src/protocol/thought-event.ts';
import type { Thought } from '../../src/thoughts/thought.ts';
import { TestRuntime } from './test-runtime.ts';

const runtime = new TestRuntime();

/** A thought that was never stored. */
export const aThought = (more: Partial<Thought> = {}): Thought => ({
  id: runtime.newId(),
  author: 'alice',
  text: 'a thought',
  topics: [],
  createdAt: runtime.now(),
  version: 1,
  seq: 1,
  ...more,
});

/** The event of a thought that was never stored. */
export const anEvent = (more: Partial<Thought> = {}, channels = ['timeline']): ThoughtEvent => ({
  ...eventBodyOf(aThought(more)),
  channels,
});
