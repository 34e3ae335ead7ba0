/** A token bucket: `burst` calls at once, and one more after each `everyMs` milliseconds. */
export interface Rate {
  burst: number;
  everyMs: number;
}

export type Decision =
  /** @property due when the bucket will be full again, in milliseconds since 1970 */
  | { kind: 'granted'; due: number }
  /** @property until when the next one fits, in milliseconds since 1970 */
  | { kind: 'limited'; until: number };

/**
 * The generic cell rate algorithm: a token bucket in one number, the time at which it will be full again (the
 * "theoretical arrival time" of the next call, if all came evenly).
 * @param due the number so far; 0 for a bucket that was never used
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm, its virtual scheduling
 */
export const decide = (due: number, nowMs: number, { burst, everyMs }: Rate): Decision => {
  const until = due - (burst - 1) * everyMs;
  return nowMs < until ? { kind: 'limited', until } : { kind: 'granted', due: Math.max(due, nowMs) + everyMs };
};
