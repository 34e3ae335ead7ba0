/** What surrounds a rule and is never the same twice. Entry points pass the real one, tests their own. */
export interface Ambient {
  /** Milliseconds since 1970. */
  now(): number;
  /** A fresh UUIDv7, later in sort order than those made in earlier milliseconds. */
  newId(): string;
  /** In [0, 1). */
  random(): number;
}

/** Seconds since 1970, as DynamoDB's time to live takes them. */
export const seconds = (ms: number): number => Math.floor(ms / 1000);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
