import type { Runtime } from './runtime.ts';

/** As much of a runtime as pacing needs. */
export type RateLimiterRuntime = Pick<Runtime, 'now' | 'sleep' | 'random'>;

/** Units a second that a fresh environment begins with. */
const FIRST_RATE = 200;
const LEAST_RATE = 1;
/** Until the first throttle the rate doubles every second. */
const SLOW_START = 2;
/** What a throttle takes of the rate, and what each takes that follows within a second: then the table takes far less. */
const DECREASE = 0.2;
const STEEP_DECREASE = 0.5;
const STEEP_WITHIN_MS = 1_000;
/** After this many busy seconds the rate is as high as at the throttle; after twice as many it doubles every second. */
const RECOVERY_SECONDS = 2;
/** Answers to requests that were under way together say the same thing once. */
const ONE_THROTTLE_MS = 200;
/** Waits are spread by so much in either direction, so that several lanes don't ask in step. */
const JITTER = 0.1;

interface Dependencies {
  runtime: RateLimiterRuntime;
  /** What one environment may write at most; 0 or left out: no such limit. */
  maxPerSecond?: number;
}

/**
 * A rate limiter that finds its rate: a throttle lowers it by a part; then it grows, slowly near the rate of the last throttle
 * and faster when no throttle follows, as TCP's CUBIC does. Each Lambda environment has its own. Several that share a
 * table arrive at similar rates without communication.
 * @see https://www.rfc-editor.org/rfc/rfc9438 CUBIC for Fast and Long-Distance Networks
 */
export class AdaptiveRateLimiter {
  readonly #runtime: RateLimiterRuntime;
  readonly #maxRate: number;
  #rate: number;
  #nextAt = 0;
  #throttledAt = Number.NEGATIVE_INFINITY;
  /** The rate at the last throttle; none yet during the slow start. */
  #limit: number | undefined;
  /** For how long it has written since then. Time in which nothing was asked for says nothing of the table. */
  #busySeconds = 0;

  constructor({ runtime, maxPerSecond = 0 }: Dependencies) {
    this.#runtime = runtime;
    this.#maxRate = maxPerSecond === 0 ? Number.POSITIVE_INFINITY : maxPerSecond;
    this.#rate = Math.min(FIRST_RATE, this.#maxRate);
  }

  /** Units a second. */
  get rate(): number {
    return this.#rate;
  }

  /** How many to ask for at once: an eighth of a second's, so that a throttle leaves little to be sent again. */
  get portion(): number {
    return Math.max(1, Math.ceil(this.#rate / 8));
  }

  /**
   * Waits until `count` more may go.
   * @param deadline in milliseconds since 1970. `late`: their turn would come after it; nothing is taken then
   */
  async acquire(count: number, deadline: number): Promise<'acquired' | 'late'> {
    const now = this.#runtime.now();
    const startAt = Math.max(now, this.#nextAt);
    if (startAt >= deadline) return 'late';
    const jitter = 1 + JITTER * (2 * this.#runtime.random() - 1);
    this.#nextAt = startAt + ((count * 1000) / this.#rate) * jitter;
    if (startAt > now) await this.#runtime.sleep(startAt - now);
    return 'acquired';
  }

  written(count: number): void {
    const seconds = count / this.#rate;
    this.#busySeconds += seconds;
    this.#rate = Math.min(this.#maxRate, this.#grown(seconds));
  }

  throttled(): void {
    const now = this.#runtime.now();
    const sinceLast = now - this.#throttledAt;
    if (sinceLast < ONE_THROTTLE_MS) return;
    this.#throttledAt = now;
    this.#limit = this.#rate;
    this.#busySeconds = 0;
    this.#rate = Math.max(LEAST_RATE, this.#rate * (1 - (sinceLast < STEEP_WITHIN_MS ? STEEP_DECREASE : DECREASE)));
  }

  #grown(seconds: number): number {
    const distance = (this.#busySeconds - RECOVERY_SECONDS) / RECOVERY_SECONDS;
    if (this.#limit === undefined || distance > 1) return this.#rate * SLOW_START ** seconds;
    return Math.max(this.#rate, this.#limit * (1 + DECREASE * distance ** 3));
  }
}
