import { decide, overdraw, type Rate } from '../limits/gcra.ts';
import { RecentMap } from '../runtime/recent-map.ts';

/** `flooding`: the client continues to send although it is limited; close the connection. */
export type FrameOutcome = { kind: 'granted' } | { kind: 'limited' } | { kind: 'flooding' };

const REMEMBERED = 10_000;
/** After this many refused frames in a row the connection is closed; the close is repeated after each further such number. */
const PATIENCE = 500;

interface Dependencies {
  now: () => number;
  rate: Rate | undefined;
}

/**
 * How many frames a connection may send. A frame takes one token, and when it is done more for what it has used of the table. The count
 * is this environment's own and costs no unit: a frame that is refused is answered within a millisecond and without the table, so that
 * a flood keeps few environments busy. A connection may send what is set here for each of them.
 */
export class FrameLimiter {
  readonly #now: () => number;
  readonly #rate: Rate | undefined;
  readonly #known = new RecentMap<string, { due: number; refused: number }>(REMEMBERED);

  constructor({ now, rate }: Dependencies) {
    this.#now = now;
    this.#rate = rate;
  }

  take(connectionId: string): FrameOutcome {
    if (!this.#rate) return { kind: 'granted' };
    const { due, refused } = this.#known.get(connectionId) ?? { due: 0, refused: 0 };
    const decision = decide(due, this.#now(), this.#rate);
    if (decision.kind === 'granted') {
      this.#known.set(connectionId, { due: decision.due, refused: 0 });
      return { kind: 'granted' };
    }
    this.#known.set(connectionId, { due, refused: refused + 1 });
    return (refused + 1) % PATIENCE === 0 ? { kind: 'flooding' } : { kind: 'limited' };
  }

  /** Takes tokens for what a granted frame has used. They may be more than the connection has: then its next frames are refused for a while. */
  charge(connectionId: string, tokens: number): void {
    if (!this.#rate || tokens <= 0) return;
    const due = this.#known.get(connectionId)?.due ?? 0;
    this.#known.set(connectionId, { due: overdraw(due, this.#now(), this.#rate, tokens), refused: 0 });
  }
}
