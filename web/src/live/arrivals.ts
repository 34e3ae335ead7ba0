import type { ThoughtEvent } from 'deep-thoughts-client';

/** How long a thought took from its post to this page. */
export interface Arrival {
  id: string;
  ms: number;
  /** Whether it was posted on this page: then one clock has measured both moments. */
  isOwn: boolean;
}

const KEPT = 40;
/** An older thought was replayed: its age says nothing of the delivery. */
const LIVE_MS = 30_000;
const FRESH_MS = 2_000;

/**
 * How long the last thoughts took. For one's own the time begins when the button is pressed; for others', when the server
 * numbered the thought, measured by this device's clock.
 */
export class Arrivals {
  #all: readonly Arrival[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #postedAt = new Map<string, number>();
  readonly #seenAt = new Map<string, number>();

  get all(): readonly Arrival[] {
    return this.#all;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether a thought has come within the last 2 seconds. @param now by `performance.now()` */
  isFresh(id: string, now = performance.now()): boolean {
    return now - (this.#seenAt.get(id) ?? Number.NEGATIVE_INFINITY) < FRESH_MS;
  }

  /** A thought was posted here. @param at by `performance.now()`, when the button was pressed */
  posted(id: string, at: number): void {
    this.#postedAt.set(id, at);
    const seenAt = this.#seenAt.get(id);
    if (seenAt !== undefined) this.#put({ id, ms: seenAt - at, isOwn: true });
  }

  /** An event has come. @param at by `performance.now()`; @param wall by `Date.now()` */
  came({ type, thoughtId: id, at: numberedAt }: ThoughtEvent, at: number, wall: number): void {
    const age = wall - Date.parse(numberedAt);
    if (type !== 'thought.created' || age > LIVE_MS) return;
    const postedAt = this.#postedAt.get(id);
    this.#seenAt.set(id, at);
    const ms = postedAt === undefined ? Math.max(0, age) : at - postedAt;
    this.#put({ id, ms, isOwn: postedAt !== undefined });
  }

  #put(arrival: Arrival): void {
    this.#all = [...this.#all.filter(({ id }) => id !== arrival.id), arrival].slice(-KEPT);
    const kept = new Set(this.#all.map(({ id }) => id));
    for (const times of [this.#seenAt, this.#postedAt]) {
      for (const id of times.keys()) if (times.size > 2 * KEPT && !kept.has(id)) times.delete(id);
    }
    for (const listener of this.#listeners) listener();
  }
}

/** The middle of the times, in milliseconds; undefined when there are none. */
export const medianOf = (arrivals: readonly Arrival[]): number | undefined =>
  arrivals.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(arrivals.length / 2)];
