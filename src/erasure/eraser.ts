import { advanced, type Erasure, isEarly } from './erasure.ts';
import type { ErasureStore } from './erasure-store.ts';
import { type PhaseDependencies, STEPS } from './phases.ts';

interface Dependencies extends PhaseDependencies {
  erasures: ErasureStore;
}

/** So much one invocation does, so that its neighbours in the batch do not wait for long. */
const STEPS_AT_ONCE = 20;

/** Goes on with an erasure, a bounded part at a time. Whatever stops it, the stream's record comes again. */
export class Eraser {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async goOn(username: string, hasTime: () => boolean): Promise<void> {
    const { erasures, runtime } = this.#deps;
    const before = await erasures.of(username);
    // Erased, and this record has come twice.
    if (!before) return;
    let now: Erasure | undefined = before;
    for (let step = 0; now && step < STEPS_AT_ONCE && hasTime() && !isEarly(now, runtime.now()); step++) {
      const outcome = await STEPS[now.phase](this.#deps, username, now.cursor);
      now = advanced(now, outcome, runtime.now());
    }
    // Too early: noting it is what makes the stream come again, after its next poll.
    if (now) await erasures.note(before, now);
    else await erasures.finish(before);
  }
}
