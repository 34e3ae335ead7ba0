interface Timer {
  at: number;
  /** Timers of the same millisecond run in the order in which they were set. */
  order: number;
  call: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Time that moves from one timer to the next, and stands still while code runs. A binary heap of timers. */
export class VirtualTime {
  #now: number;
  #count = 0;
  readonly #heap: Timer[] = [];

  /** @param now the first moment, in milliseconds since 1970 */
  constructor(now: number) {
    this.#now = now;
  }

  now = (): number => this.#now;

  /**
   * A clock answers whole milliseconds, so things happen at whole ones.
   * @returns a function that cancels the call
   */
  after = (ms: number, call: () => void): (() => void) => {
    const timer: Timer = { at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#count++, call };
    this.#push(timer);
    return () => {
      timer.call = undefined;
    };
  };

  sleep = (ms: number): Promise<void> => new Promise((resolve) => void this.after(ms, resolve));

  /** Runs every timer up to this moment. After each timer, runs all promise callbacks that are ready. */
  async runUntil(end: number): Promise<void> {
    // Calls that have just started may have set no timer yet.
    await drained();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      if (next.call === undefined) continue;
      this.#now = next.at;
      next.call();
      await drained();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Runs timers until this is settled, or until this moment at the latest. */
  async runUntilDone(work: Promise<unknown>, end: number): Promise<void> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    await drained();
    while (!isDone && this.#now < end) await this.runUntil(Math.min(end, this.#heap[0]?.at ?? end));
  }

  /** Skips a long time: each timer that falls into it runs once, late, as after a machine has slept. */
  leap(ms: number): void {
    const end = this.#now + ms;
    // A sorted array is still a heap. New numbers keep the order of timers that now fire at the same moment.
    this.#heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    for (const timer of this.#heap) {
      timer.at = Math.max(timer.at, end);
      timer.order = this.#count++;
    }
    this.#now = end;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, timer)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

/**
 * Resolves when no promise callback is left to run. A simulation has no input or output that could still be pending.
 * Node runs a next tick behind all promises that are ready. https://nodejs.org/api/process.html#processnexttickcallback-args
 */
const drained = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
