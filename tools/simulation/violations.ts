import type { Trace } from './trace.ts';

/** A broken invariant. */
export interface Violation {
  /** The invariant's stable code, such as `stalled`. */
  code: string;
  detail: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The broken invariants of a run, in the order in which they were noticed. */
export class Violations {
  readonly all: Violation[] = [];
  readonly #now: () => number;
  readonly #trace: Trace;

  constructor(now: () => number, trace: Trace) {
    this.#now = now;
    this.#trace = trace;
  }

  add = (code: string, detail: string): void => {
    this.all.push({ code, detail, at: this.#now() });
    this.#trace.add('INVARIANT', `${code}: ${detail}`);
  };
}
