/**
 * The quotas that everything in an account and region shares.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html The page no longer tells how large a burst may be; once it said 5,000.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export const ACCOUNT_QUOTAS = {
  /** Requests a second to all HTTP and WebSocket APIs and their callbacks together, and how many may come at once. */
  requestsPerSecond: 10_000,
  requestBurst: 5_000,
  /** Invocations side by side, of all functions together. */
  concurrency: 1_000,
};

/** So many a second, and at most so many at once. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Whether there is one more. @param now milliseconds */
  take(now: number): boolean {
    const gained = ((now - this.#at) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** How many invocations run side by side, of all functions that share it. */
export class Concurrency {
  readonly #limit: number;
  #running = 0;

  constructor(limit: number = ACCOUNT_QUOTAS.concurrency) {
    this.#limit = limit;
  }

  /** Whether one more may begin; then `end` must follow. */
  begin(): boolean {
    if (this.#running >= this.#limit) return false;
    this.#running++;
    return true;
  }

  end(): void {
    this.#running--;
  }
}
