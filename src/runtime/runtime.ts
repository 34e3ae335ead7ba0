import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** Time, chance and new ids. Entry points pass the real ones, tests and the simulation their own. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** A fresh UUIDv7, later in sort order than those made in earlier milliseconds. */
  newId(): string;
  /** A new text of 256 random bits, for secrets. */
  newSecret(): string;
}

export const realRuntime: Runtime = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  newId: () => v7(),
  newSecret: () => randomBytes(32).toString('base64url'),
};

/** Seconds since 1970, as DynamoDB's time to live takes them. */
export const seconds = (ms: number): number => Math.floor(ms / 1000);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
