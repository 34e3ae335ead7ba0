import type { Runtime } from '../runtime/runtime.ts';
import { isTransient } from '../runtime/transient.ts';
import { type Attempt, conflictWait, PATIENCE_MS } from '../table/optimistic.ts';
import { TableBusyError } from '../table/table.ts';

/** A transaction that meets another one is not repeated as it is: the head has moved on by then. */
export const ONCE = { attempts: 1 };

/** After these it is certain that nothing was written. */
const UNWRITTEN = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']);

const isUnwritten = (error: unknown): boolean =>
  error instanceof TableBusyError || (error instanceof Error && UNWRITTEN.has(error.name));

/** Other changes of the same conversation came first at each try: this one was not made, and may be repeated. */
export interface Busy {
  kind: 'busy';
}

/**
 * Tries a change of an item that others change too, until no other change comes first. Each try reads anew, after a
 * random wait that lets the others through.
 * @throws the last try's error, when the change may have been made all the same: a time-out, a lost connection
 */
export const takingTurns = async <Outcome>(
  runtime: Runtime,
  attempt: () => Promise<Attempt<Outcome>>,
): Promise<Outcome | Busy> => {
  const endsAt = runtime.now() + PATIENCE_MS;
  for (let tries = 0; ; tries++) {
    let failure: unknown;
    try {
      const made = await attempt();
      if (made.kind === 'done') return made.outcome;
    } catch (error) {
      if (!isTransient(error)) throw error;
      failure = error;
    }
    const wait = conflictWait(tries, runtime.random());
    if (runtime.now() + wait >= endsAt) {
      if (failure !== undefined && !isUnwritten(failure)) throw failure;
      return { kind: 'busy' };
    }
    await runtime.sleep(wait);
  }
};
