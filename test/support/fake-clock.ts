import type { Clock } from '../../local/gateway/clock.ts';

/** A clock that stands until it is moved. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-02T03:04:05.000Z');
  readonly #alarms = new Set<{ at: number; call: () => void }>();

  now = (): number => this.#now;

  after(ms: number, call: () => void): () => void {
    const alarm = { at: this.#now + ms, call };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** How many calls are still to come. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves on, and makes the calls that are due, in their order. */
  pass(ms: number): void {
    this.#now += ms;
    const due = [...this.#alarms].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const alarm of due) if (this.#alarms.delete(alarm)) alarm.call();
  }
}
