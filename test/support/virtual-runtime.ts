import type { Runtime } from '../../local/aws/runtime.ts';
import { seededRandom } from '../../local/faults/random.ts';

interface Sleeper {
  at: number;
  order: number;
  wake(): void;
}

/** A time that moves only when everybody sleeps, to the first who wakes. */
export class VirtualRuntime implements Runtime {
  readonly random: () => number;
  #now = Date.parse('2026-01-02T03:04:05.000Z');
  #count = 0;
  #sleepers: Sleeper[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  now = (): number => this.#now;
  newId = (): string => `id-${++this.#count}`;

  sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + ms, order: ++this.#count, wake });
    });

  /** Moves time on until the work is done. @throws Error when it waits for nothing that time brings */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    for (;;) {
      // Everything that can go on without time has gone on when a task of the event loop comes after it.
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return done;
      const [first] = this.#sleepers.sort((a, b) => a.at - b.at || a.order - b.order).splice(0, 1);
      if (!first) throw new Error('The work waits for something that does not come');
      this.#now = Math.max(this.#now, first.at);
      first.wake();
    }
  }
}
