import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Rate } from '../../../src/limits/gcra.ts';

/** A bucket as one would draw it: tokens that drip in, one after each `everyMs`. */
class PlainBucket {
  #tokens: number;
  #at = 0;
  readonly #rate: Rate;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  take(now: number, count: number): boolean {
    const { burst, everyMs } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#at) / everyMs);
    this.#at = now;
    const taken = Math.min(count, burst);
    if (this.#tokens < taken) return false;
    this.#tokens -= taken;
    return true;
  }
}

// Powers of two, so that the plain bucket's fractions are exact.
const rates = fc.record({ burst: fc.integer({ min: 1, max: 20 }), everyMs: fc.constantFrom(1, 64, 1_024, 65_536) });
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200_000 }));
// More than some of the buckets hold, too.
const calls = fc.array(fc.tuple(pause, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 25 }))), { maxLength: 100 });

describe('the rule', () => {
  it('grants what a bucket of tokens grants, and names the moment when it grants again', () => {
    fc.assert(
      fc.property(rates, calls, (rate, steps) => {
        const bucket = new PlainBucket(rate);
        let now = 1_000_000_000;
        let due = 0;
        bucket.take(0, 1);
        for (const [wait, count] of steps) {
          now += wait;
          const decision = decide(due, now, rate, count);
          expect(decision.kind === 'granted').toBe(bucket.take(now, count));
          if (decision.kind === 'granted') due = decision.due;
          else {
            expect(decide(due, decision.until, rate, count).kind).toBe('granted');
            expect(decide(due, decision.until - 1, rate, count).kind).toBe('limited');
          }
        }
      }),
    );
  });
});
