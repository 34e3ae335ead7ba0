/** A token bucket: `burst` calls at once, and one more after each `everyMs` milliseconds. */
export interface Rate {
  burst: number;
  everyMs: number;
}

export type Decision =
  /**
   * @property due when the bucket will be full again, in milliseconds since 1970
   * @property taken how many tokens the call took
   */
  | { kind: 'granted'; due: number; taken: number }
  /** @property until when the call fits, in milliseconds since 1970 */
  | { kind: 'limited'; until: number };

/**
 * The generic cell rate algorithm: a token bucket in one number, the time at which it will be full again (the
 * "theoretical arrival time" of the next call, if all came evenly).
 * @param due the number so far; 0 for a bucket that was never used
 * @param count how many tokens the call takes; one that wants more than the bucket holds waits until it is full, and takes all
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm, its virtual scheduling
 */
export const decide = (due: number, nowMs: number, { burst, everyMs }: Rate, count = 1): Decision => {
  const taken = Math.min(count, burst);
  const until = due - (burst - taken) * everyMs;
  if (nowMs < until) return { kind: 'limited', until };
  return { kind: 'granted', due: Math.max(due, nowMs) + taken * everyMs, taken };
};

/**
 * Takes tokens for what was done already. They may be more than the bucket holds; then every call waits until enough have come again.
 * @returns when the bucket will be full again, in milliseconds since 1970
 */
export const overdraw = (due: number, nowMs: number, { everyMs }: Rate, count: number): number =>
  Math.max(due, nowMs) + count * everyMs;
