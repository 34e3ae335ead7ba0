import type { Trace } from './trace.ts';

/** What the history of a run needs to know of its plan. */
export interface HistoryOptions {
  now: () => number;
  trace: Trace;
  /** How long after its end something may be on its way still. */
  onItsWayMs: number;
  /** How far the clock of an environment may be off. */
  clockSkewMs: number;
  /** Whether something that the plan broke may excuse a late or failed step now, for this person and author. */
  isExcused: (person: string, author: string, from: number) => boolean;
  /** Whether the table or the functions are too small for these people: then whoever asks may ask in vain for long. */
  isScarce: boolean;
  /** Whether requests of the table or environments fail now by the plan. */
  mayFail: () => boolean;
}
