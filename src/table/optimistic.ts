import { backoff } from '../runtime/backoff.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { TableBusyError } from './table.ts';

/** `again`: another change came first, so this one has to read anew. */
export type Attempt<Outcome> = { kind: 'again' } | { kind: 'done'; outcome: Outcome };

export const AGAIN = { kind: 'again' } as const;

export const done = <Outcome>(outcome: Outcome): Attempt<Outcome> => ({ kind: 'done', outcome });

/** For how long a change is tried again, in milliseconds. A request has ten seconds, of which the last try takes up to three. */
export const PATIENCE_MS = 4_000;
const BASE_MS = 15;
const CAP_MS = 400;

/** How long a change waits, in milliseconds, after another one came first. @param repeat 0 for the first repeat */
export const conflictWait = (repeat: number, random: number): number => backoff(repeat, random, BASE_MS, CAP_MS);

interface Options {
  runtime: Pick<Runtime, 'now' | 'sleep' | 'random'>;
  tries: number;
  /** The message of the error after the last try. */
  busy: string;
}

/**
 * Optimistic locking: an attempt reads, decides, and writes on the condition that what it has read still stands. It is made anew
 * until no other change comes first, each time after a random wait that lets the others through. No try but the second begins after four seconds.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBMapper.OptimisticLocking.html
 * @throws TableBusyError after the last try
 */
export const retryOnConflict = async <Outcome>(
  { runtime, tries, busy }: Options,
  attempt: () => Promise<Attempt<Outcome>>,
): Promise<Outcome> => {
  const endsAt = runtime.now() + PATIENCE_MS;
  for (let repeat = 0; repeat < tries; repeat++) {
    const made = await attempt();
    if (made.kind === 'done') return made.outcome;
    const wait = conflictWait(repeat, runtime.random());
    // One slow try, as of a function that was frozen meanwhile, is no crowd: it is repeated once.
    if (repeat > 0 && runtime.now() + wait >= endsAt) break;
    await runtime.sleep(wait);
  }
  throw new TableBusyError(busy);
};
