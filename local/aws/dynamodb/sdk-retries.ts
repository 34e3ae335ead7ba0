/**
 * How the SDK repeats requests in its standard mode: how long it waits, and when it gives up.
 * The figures are those of `@smithy/core`, submodule retry, which the client of `@aws-sdk/client-dynamodb` uses.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const CAPACITY = 500;
const CAP_MS = 20_000;
/** A throttled request waits longer than one that failed, and takes less of the quota. */
const COSTS = { throttling: 5, transient: 14 } as const;
const BASES_MS = { throttling: 1_000, transient: 25 } as const;

export type Retryable = keyof typeof COSTS;

const THROTTLES = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const PASSING = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException', 'IDPCommunicationError']);
const STATUSES = new Set([500, 502, 503, 504]);

/** What the SDK sends again: throttles, passing faults, and what didn't come back in time. Undefined: it gives up at once. */
export const retryableOf = (error: unknown): Retryable | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (THROTTLES.has(error.name)) return 'throttling';
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return PASSING.has(error.name) || STATUSES.has($metadata?.httpStatusCode ?? 0) ? 'transient' : undefined;
};

/** Milliseconds before the next try. @param retries how many there were before. @param chance in [0, 1) */
export const retryDelayMs = (kind: Retryable, retries: number, chance: number): number =>
  Math.floor(chance * Math.min(CAP_MS, BASES_MS[kind] * 2 ** retries));

/** A client's quota of retries: each takes of it, a success gives back; whoever finds it empty fails at once. */
export class RetryQuota {
  #left = CAPACITY;

  /** What it took; undefined: there is too little of it left. */
  take(kind: Retryable): number | undefined {
    if (this.#left < COSTS[kind]) return undefined;
    this.#left -= COSTS[kind];
    return COSTS[kind];
  }

  /** @param cost what the last retry took; a request that needed none gives one back */
  succeeded(cost = 1): void {
    this.#left = Math.min(CAPACITY, this.#left + cost);
  }
}
