import { expect, it } from 'vitest';
import { seededRandom } from '../../../local/faults/random.ts';
import { nextAct, pauseMs } from '../../../tools/people/plan.ts';

const actsOf = (seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: 400 }, () => nextAct(random));
};

it('simulated people do all that people do, and the same for the same seed', () => {
  const kinds = Map.groupBy(actsOf(1), ({ kind }) => kind);
  expect([...kinds.keys()].sort()).toEqual(['follow', 'post', 'react', 'reply']);
  expect(actsOf(1)).toEqual(actsOf(1));
  expect(actsOf(1)).not.toEqual(actsOf(2));
});

it('simulated people wait between two actions', () => {
  const random = seededRandom(3);
  const pauses = Array.from({ length: 400 }, () => pauseMs(random));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(6_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(40_000);
});
