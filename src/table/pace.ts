export type Turn = { kind: 'taken' } | { kind: 'late' };

/** Spreads work over time: not more than so many a second, however fast it is asked for. */
export class Pace {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<void>;
  #nextAt = 0;

  /** @param perSecond 0: as fast as it goes */
  constructor(perSecond: number, now: () => number, sleep: (ms: number) => Promise<void>) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#sleep = sleep;
  }

  /**
   * Waits until `count` more may go.
   * @param deadline in milliseconds since 1970: `late` when their turn would come after it, and then they have none
   */
  async take(count: number, deadline = Number.POSITIVE_INFINITY): Promise<Turn> {
    if (this.#perSecond === 0 || count === 0) return { kind: 'taken' };
    const now = this.#now();
    const startAt = Math.max(now, this.#nextAt);
    if (startAt >= deadline) return { kind: 'late' };
    this.#nextAt = startAt + (count * 1000) / this.#perSecond;
    if (startAt > now) await this.#sleep(startAt - now);
    return { kind: 'taken' };
  }
}
