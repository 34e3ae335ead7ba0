import { v7 } from 'uuid';
import { seededRandom } from '../../local/faults/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

/** Time that stands until it is moved, ids in its order, and chance that is the same in each run. */
export class TestRuntime implements Runtime {
  #now: number;
  #count = 0;
  random: () => number;
  /** What was slept, in milliseconds. */
  readonly waits: number[] = [];

  constructor(now = Date.parse('2026-01-02T03:04:05.000Z'), seed = 1) {
    this.#now = now;
    this.random = seededRandom(seed);
  }

  now = (): number => this.#now;

  newId = (): string => {
    const random = Uint8Array.from({ length: 16 }, () => Math.floor(this.random() * 256));
    return v7({ msecs: this.#now, seq: ++this.#count, random });
  };

  newSecret = (): string => `secret-${++this.#count}`;

  /** Moves time on at once. */
  sleep = async (ms: number): Promise<void> => {
    this.waits.push(ms);
    this.pass(ms);
  };

  /** @param ms how far time moves on */
  pass(ms: number): void {
    this.#now += ms;
  }
}
