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
  const environment = () => new Limiter(table, runtime, { posts: RATE, follows: RATE });

  describe('a limit', () => {
    it('is the plain rule, however many environments a person meets', async () => {
      const calls = fc.array(
        fc.tuple(fc.nat({ max: 2 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 }))),
        { minLength: 5, maxLength: 30 },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(calls, async (steps) => {
          const person = `person_${++run}`;
          const environments = [environment(), environment(), environment()];
          let due = 0;
          for (const [at, wait] of steps) {
            runtime.pass(wait);
            const now = runtime.now();
            const expected = decide(due, now, RATE);
            const outcome = await environments[at]?.take(person, 'posts');
            if (expected.kind === 'granted') due = expected.due;
            const waitMs = expected.kind === 'limited' ? expected.until - now : 0;
            expect(outcome).toEqual(expected.kind === 'granted' ? { kind: 'granted' } : { kind: 'limited', waitMs });
          }
        }),
        { numRuns: 15 },
      );
    });

    it('grants those who come at once no more than it holds', async () => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => environment().take('alice', 'posts')));
      expect(outcomes.filter(({ kind }) => kind === 'granted')).toHaveLength(RATE.burst);
    });

    it('is each person’s and each kind’s own', async () => {
      const limiter = environment();
      for (let n = 0; n < 4; n++) await limiter.take('alice', 'posts');
      expect((await limiter.take('alice', 'posts')).kind).toBe('limited');
      expect((await limiter.take('alice', 'follows')).kind).toBe('granted');
      expect((await limiter.take('bob', 'posts')).kind).toBe('granted');
    });
  });
};
