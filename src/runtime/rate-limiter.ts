export type Turn = { kind: 'taken' } | { kind: 'late' };

/** A rate limiter: lets at most `perSecond` units of work start in a second. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;
  #nextAt = 0;

  /** @param perSecond 0: no limit */
  constructor(perSecond: number, now: () => number, sleep: (ms: number) => Promise<void>) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#sleep = sleep;
  }

  /**
   * Waits until `count` more may go.
   * @param deadline in milliseconds since 1970. `late`: their turn would come after it; nothing is taken then
   */
  async acquire(count: number, deadline = Number.POSITIVE_INFINITY): Promise<Turn> {
    if (this.#perSecond === 0 || count === 0) return { kind: 'taken' };
    const now = this.#now();
    const startAt = Math.max(now, this.#nextAt);
    if (startAt >= deadline) return { kind: 'late' };
    this.#nextAt = startAt + (count * 1000) / this.#perSecond;
    if (startAt > now) await this.#sleep(startAt - now);
    return { kind: 'taken' };
  }
}
