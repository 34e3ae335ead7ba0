import { v7 } from 'uuid';
import type { Ambient } from '../../src/ambient.ts';

/** Time that stands until it is moved, ids in its order, and chance that is the same in each run. */
export class TestAmbient implements Ambient {
  #now: number;
  #count = 0;
  #seed: number;

  constructor(now = Date.parse('2026-01-02T03:04:05.000Z'), seed = 1) {
    this.#now = now;
    this.#seed = seed;
  }

  now = (): number => this.#now;

  newId = (): string => {
    const random = Uint8Array.from({ length: 16 }, () => Math.floor(this.random() * 256));
    return v7({ msecs: this.#now, seq: ++this.#count, random });
  };

  /** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
  random = (): number => {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  /** @param ms how far time moves on */
  pass(ms: number): void {
    this.#now += ms;
  }
}
