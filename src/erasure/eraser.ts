import { isTransient } from '../runtime/transient.ts';
import type { LagStore } from '../timelines/lag-store.ts';
import { advanced, type Erasure, isEarly, MOST_LAG_MS, waitsForFanOut } from './erasure.ts';
import type { ErasureStore } from './erasure-store.ts';
import { type PhaseDependencies, STEPS } from './phases.ts';

interface Dependencies extends PhaseDependencies {
  erasures: ErasureStore;
  lag: Pick<LagStore, 'since'>;
}

/** The most steps of one invocation, so that other records of the batch do not wait for long. */
const STEPS_AT_ONCE = 20;

/** Carries an erasure on, a bounded part at a time. If an invocation fails, the stream brings its record again. */
export class Eraser {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** @param step the step that the record shows. If the stored step is another one, that step has a record of its own */
  async goOn(username: string, hasTime: () => boolean, step?: number): Promise<void> {
    const { erasures, runtime } = this.#deps;
    const before = await erasures.of(username);
    // The erasure is over or further, and this record has come twice.
    if (!before || (step !== undefined && step !== before.step)) return;
    let now: Erasure | undefined = before;
    for (let done = 0; now && done < STEPS_AT_ONCE && hasTime() && !(await this.#mustWait(now)); done++) {
      const outcome = await STEPS[now.phase](this.#deps, username, now.cursor).catch((error) => {
        // What was done before is noted, and that makes a record, which tries this step again.
        if (done === 0 || !isTransient(error)) throw error;
        return 'later' as const;
      });
      if (outcome === 'later') break;
      now = advanced(now, outcome, runtime.now());
    }
    // Also when it was too early: the note is a change, so the stream brings a new record after its next poll.
    if (now) await erasures.note(before, now);
    else await erasures.finish(before);
  }

  async #mustWait(erasure: Erasure): Promise<boolean> {
    const { lag, runtime } = this.#deps;
    const now = runtime.now();
    return isEarly(erasure, now) || (waitsForFanOut(erasure) && (await lag.since(now)) > MOST_LAG_MS);
  }
}
