import type { Trace } from './trace.ts';

/** The parts of a plan that the history of a run needs. */
export interface HistoryOptions {
  now: () => number;
  trace: Trace;
  /** Milliseconds after a deletion or an expiry in which a delivery may still be on its way. */
  onItsWayMs: number;
  /** Milliseconds by which an environment's clock may be wrong. */
  clockSkewMs: number;
  /** Whether a fault of the plan excuses a late or failed step now, for this person and author. */
  isExcused: (person: string, author: string, from: number) => boolean;
  /** Whether the table or the functions are too small for these people: then requests may fail for a long time. */
  isScarce: boolean;
  /** Whether the plan makes requests to the table, or environments, fail now. */
  mayFail: () => boolean;
}
