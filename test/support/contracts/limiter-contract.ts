import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../../src/limits/gcra.ts';
import { Limiter } from '../../../src/limits/limiter.ts';
import type { Table } from '../../../src/table/table.ts';
import { TestRuntime } from '../test-runtime.ts';
import type { MakeTable } from '../world.ts';

const RATE = { burst: 3, everyMs: 1_000 };

/** What a person may do, whatever the table is. */
export const limiterContract = (makeTable: MakeTable) => {
  let table: Table;
  let runtime: TestRuntime;
  beforeEach(async () => {
    table = await makeTable();
    runtime = new TestRuntime();
  });

  /** One environment of the function, which remembers nothing of the others. */
  const environment = () => new Limiter({ table, runtime, rates: { posts: RATE, follows: RATE } });

  describe('a limit', () => {
    it("follows the token bucket, in however many environments a person's calls run", async () => {
      const calls = fc.array(
        fc.tuple(
          fc.nat({ max: 2 }),
          fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 })),
          fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 })),
        ),
        { minLength: 5, maxLength: 30 },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(calls, async (steps) => {
          const person = `person_${++run}`;
          const environments = [environment(), environment(), environment()];
          let due = 0;
          for (const [at, wait, count] of steps) {
            runtime.pass(wait);
            const now = runtime.now();
            const expected = decide(due, now, RATE, count);
            const outcome = await environments[at]?.take(person, 'posts', count);
            if (expected.kind === 'granted') due = expected.due;
            expect(outcome?.kind).toBe(expected.kind);
            if (outcome?.kind !== 'limited' || expected.kind !== 'limited') continue;
            // An environment that does not know of the others' last calls names a moment that is too early.
            expect(outcome.waitMs).toBeGreaterThan(0);
            expect(outcome.waitMs).toBeLessThanOrEqual(expected.until - now);
          }
        }),
        { numRuns: 15 },
      );
    });

    it('says when the next call is granted, in every environment', async () => {
      for (let n = 0; n < 3; n++) await environment().take('alice', 'posts');
      runtime.pass(100);
      expect(await environment().take('alice', 'posts')).toEqual({ kind: 'limited', waitMs: 900 });
    });

    it('grants no more calls at once than the bucket holds', async () => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => environment().take('alice', 'posts')));
      expect(outcomes.filter(({ kind }) => kind === 'granted')).toHaveLength(RATE.burst);
    });

    it('grants no more tokens at once than the bucket holds when calls take several', async () => {
      const outcomes = await Promise.all(Array.from({ length: 4 }, () => environment().take('alice', 'posts', 2)));
      expect(outcomes.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
      expect((await environment().take('alice', 'posts')).kind).toBe('granted');
      expect((await environment().take('alice', 'posts')).kind).toBe('limited');
    });

    it('is separate for each person and each kind', async () => {
      const limiter = environment();
      for (let n = 0; n < 4; n++) await limiter.take('alice', 'posts');
      expect((await limiter.take('alice', 'posts')).kind).toBe('limited');
      expect((await limiter.take('alice', 'follows')).kind).toBe('granted');
      expect((await limiter.take('bob', 'posts')).kind).toBe('granted');
    });
  });
};
