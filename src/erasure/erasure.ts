import { ACCOUNT_CACHE_MS } from '../accounts/account-cache.ts';
import { MINUTE } from '../runtime/runtime.ts';
import type { Item } from '../table/table.ts';

/**
 * What is erased, in this order. Thoughts come early, so that no fan-out writes entries any more when these are erased.
 * Items that are needed to find others come last.
 */
export const PHASES = [
  'sockets',
  'thoughts',
  'conversations',
  'entries',
  'followers',
  'following',
  'blocks',
  'reactions',
  'subscribers',
  'timeline',
  'images',
  'failures',
  'settling',
  'feeds',
  'rest',
] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Nothing is erased before this time has passed: until then another process may remember the account as open, a request
 * of the person may be under way, and a ticket may open a socket.
 */
export const QUIET_MS = ACCOUNT_CACHE_MS + MINUTE;
/** In this time the deletes of thoughts are delivered to the channels' listeners, before the tombstones go. */
export const SETTLE_MS = MINUTE;

/**
 * Before these the fan-out must have delivered what was written: rows of inboxes and entries lead to what is erased, and
 * tombstones to what the fan-out still removes. With a lag of more than this they wait for longer than their time.
 */
export const MOST_LAG_MS = MINUTE / 2;
const AFTER_THE_FAN_OUT: ReadonlySet<Phase> = new Set<Phase>(['sockets', 'settling']);

/** The progress of one person's erasure. Each change of this item makes the stream run the next step. */
export interface Erasure {
  username: string;
  identity: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  phase: Phase;
  /** The cursor at which the phase continues; without it the phase begins. */
  cursor?: string | undefined;
  /** When the phase began, in milliseconds since 1970. */
  phaseAt: number;
  /** How many items are erased. */
  erased: number;
  /** One more with each change of this item. */
  step: number;
  /** When it was changed last, in milliseconds since 1970. */
  notedAt: number;
}

export type ErasureItem = Item & Erasure & { type: 'erasure' };

/** What one step of a phase has done. @property next where to go on; none when the phase is over */
export interface StepOutcome {
  erased: number;
  next?: string | undefined;
}

/** The erasure after a step. `undefined`: that was the last one. */
export const advanced = (before: Erasure, { erased, next }: StepOutcome, nowMs: number): Erasure | undefined => {
  const sum = before.erased + erased;
  if (next !== undefined) return { ...before, cursor: next, erased: sum };
  const phase = PHASES[PHASES.indexOf(before.phase) + 1];
  return phase && { ...before, phase, cursor: undefined, phaseAt: nowMs, erased: sum };
};

/** Whether an erasure has to wait while the fan-out is late. */
export const waitsForFanOut = ({ phase }: Erasure): boolean => AFTER_THE_FAN_OUT.has(phase);

/** Whether it is too early for the erasure's next step. */
export const isEarly = ({ startedAt, phase, phaseAt }: Erasure, nowMs: number): boolean =>
  nowMs < startedAt + QUIET_MS || (phase === 'settling' && nowMs < phaseAt + SETTLE_MS);
