import type { Runtime } from '../../client/runtime.ts';
import { START } from './live-events.ts';

interface Alarm {
  at: number;
  order: number;
  call: () => void;
}

/** A client's clock and timers, which stand until they are moved; and its random numbers. */
export class FakeRuntime implements Runtime {
  random: () => number;
  #now = START;
  /** A binary heap: the first alarm is the next. */
  readonly #alarms: Alarm[] = [];
  readonly #cancelled = new Set<Alarm>();
  #order = 0;

  constructor(random: () => number = () => 0.5) {
    this.random = random;
  }

  now = (): number => this.#now;

  setTimeout = (call: () => void, ms: number): unknown => {
    const alarm = { at: this.#now + Math.max(0, ms), order: this.#order++, call };
    this.#alarms.push(alarm);
    for (let at = this.#alarms.length - 1; at > 0 && this.#isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1) {
      this.#swap(at, (at - 1) >> 1);
    }
    return alarm;
  };

  clearTimeout = (handle: unknown): void => void this.#cancelled.add(handle as Alarm);

  /** How many calls are still to come. */
  get pending(): number {
    return this.#alarms.filter((alarm) => !this.#cancelled.has(alarm)).length;
  }

  /** Moves on by so many milliseconds, call by call; promises are kept in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#alarms[0]; next && next.at <= end; next = this.#alarms[0]) {
      this.#now = Math.max(this.#now, next.at);
      this.#take();
      if (this.#cancelled.delete(next)) continue;
      next.call();
      await settled();
    }
    this.#now = end;
  }

  /** Until something holds. @throws Error that names it, when it doesn't within so many milliseconds of this clock */
  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    const end = this.#now + withinMs;
    await settled();
    while (!holds()) {
      const next = this.#alarms[0];
      if (!next || next.at > end) throw new Error(`Gave up after ${withinMs} ms of waiting for ${what}`);
      await this.pass(Math.max(0, next.at - this.#now));
    }
  }

  /** The machine sleeps: the clock jumps, and what was due is called late, at once. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** Somebody sets the clock back. */
  setBack(ms: number): void {
    this.#now -= ms;
    for (const alarm of this.#alarms) alarm.at -= ms;
  }

  #take(): void {
    const last = this.#alarms.pop();
    if (!last || this.#alarms.length === 0) return;
    this.#alarms[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#alarms.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#alarms[a], this.#alarms[b]];
    if (!one || !other) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#alarms[a], this.#alarms[b]];
    if (!one || !other) return;
    this.#alarms[a] = other;
    this.#alarms[b] = one;
  }
}

/** All promises that can be kept by now are kept. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
