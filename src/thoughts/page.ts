import type { Thought, ThoughtReference } from './thought.ts';

/** Where a list is read from: behind a thought's id, in either direction. */
export interface PageRequest {
  after?: string | undefined;
  limit: number;
  oldestFirst?: boolean | undefined;
  /** Give deleted thoughts too, as tombstones. */
  tombstones?: boolean | undefined;
}

/** A part of a list. With `next` there may be more behind that id, also when the page is short, or empty. */
export interface Page {
  thoughts: Thought[];
  next?: string | undefined;
}

/** A place in a list; the thought comes with it when it had to be read to find the place. */
export interface Reference extends ThoughtReference {
  thought?: Thought;
}

/** A request reads at most this many references of a list beyond those of its page, however many of them are hidden. */
export const MAX_EXAMINED = 100;
