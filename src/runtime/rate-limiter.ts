import type { Runtime } from './runtime.ts';

export type AcquireOutcome = { kind: 'taken' } | { kind: 'late' };

interface Dependencies {
  /** 0: no limit. */
  perSecond: number;
  runtime: Pick<Runtime, 'now' | 'sleep'>;
}

/** A rate limiter: lets at most `perSecond` units of work start in a second. */
export class RateLimiter {
  readonly #perSecond: number;
  readonly #runtime: Dependencies['runtime'];
  #nextAt = 0;

  constructor({ perSecond, runtime }: Dependencies) {
    this.#perSecond = perSecond;
    this.#runtime = runtime;
  }

  /**
   * Waits until `count` more may go.
   * @param deadline in milliseconds since 1970. `late`: their turn would come after it; nothing is taken then
   */
  async acquire(count: number, deadline = Number.POSITIVE_INFINITY): Promise<AcquireOutcome> {
    if (this.#perSecond === 0 || count === 0) return { kind: 'taken' };
    const now = this.#runtime.now();
    const startAt = Math.max(now, this.#nextAt);
    if (startAt >= deadline) return { kind: 'late' };
    this.#nextAt = startAt + (count * 1000) / this.#perSecond;
    if (startAt > now) await this.#runtime.sleep(startAt - now);
    return { kind: 'taken' };
  }
}
