/**
 * How long to wait before a repeated try: exponential with full jitter.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt 0 for the first repeat
 * @param random in [0, 1)
 * @returns milliseconds
 */
export const backoff = (attempt: number, random: number, baseMs = 20, capMs = 2_000): number =>
  Math.min(capMs, baseMs * 2 ** attempt) * random;
