import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '../../../tools/simulation/plan.ts';
import type { Plan } from '../../../tools/simulation/plan-types.ts';
import type { Step } from '../../../tools/simulation/steps.ts';
import { THEMES } from '../../../tools/simulation/themes.ts';

const kindsOf = (steps: Step[]) => new Set(steps.flatMap((step) => ('action' in step ? [step.action.kind] : [])));

describe('a plan', () => {
  it('depends on its seed only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const plan = planOf(seed, { people: 8 });
        expect(planOf(seed, { people: 8 })).toEqual(plan);
        expect(planOf(seed + 1, { people: 8 }).steps).not.toEqual(plan.steps);
      }),
      { numRuns: 50 },
    );
  });

  it.each(THEMES)('has its steps in their order, of people who are there, within its time: %s', (theme) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { people, steps, minutes } = planOf(seed, { theme });
      const names = new Set(people.map(({ name }) => name));
      const times = steps.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((at) => at >= 0 && at <= minutes * 60_000)).toBe(true);
      expect(steps.every((step) => !('person' in step) || names.has(step.person))).toBe(true);
    }
  });

  it('has few people who post a lot and whom many follow, and many others', () => {
    const plans = Array.from({ length: 20 }, (_, seed) => planOf(seed, { theme: 'everyday' }));
    const sum = (of: (name: string) => number) => plans.at(0)?.people.map(({ name }) => of(name)) ?? [];
    const posts = sum((name) =>
      plans.reduce(
        (all, { steps }) =>
          all + steps.filter((step) => 'action' in step && step.person === name && step.action.kind === 'post').length,
        0,
      ),
    );
    const followers = sum((name) =>
      plans.reduce((all, { people }) => all + people.filter(({ follows }) => follows.includes(name)).length, 0),
    );
    const mean = (counts: number[]) => counts.reduce((all, count) => all + count, 0) / counts.length;
    for (const counts of [posts, followers]) {
      expect(mean(counts.slice(0, 10))).toBeGreaterThan(1.5 * mean(counts.slice(10)));
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }
  });

  it.each([
    ['tabs', (plan: Plan) => plan.people.some(({ devices }) => devices > 20)],
    ['login', ({ conditions }: Plan) => conditions.tokenMs < 8 * 60_000],
    ['network', ({ steps }: Plan) => kindsOf(steps).has('cut') && kindsOf(steps).has('offline')],
    [
      'relations',
      ({ steps, people }: Plan) => kindsOf(steps).has('block') && people.some(({ devices }) => devices > 1),
    ],
    ['deletions', ({ steps }: Plan) => kindsOf(steps).has('delete') && kindsOf(steps).has('repost')],
  ] as const)('has what its theme is about: %s', (theme, isThere) => {
    const plans = Array.from({ length: 5 }, (_, seed) => planOf(seed, { theme }));
    expect(plans.some(isThere)).toBe(true);
  });

  it('takes each theme in turn', () => {
    const themes = new Set(Array.from({ length: THEMES.length }, (_, seed) => planOf(seed, { people: 5 }).theme));
    expect(themes).toEqual(new Set(THEMES));
  });

  it('lets nobody do anything while a quiet time passes at once, and some sleep through it', () => {
    const { steps } = planOf(1, { theme: 'absence' });
    const leap = steps.find((step) => 'fault' in step && step.fault === 'leap');
    const near = steps.filter(({ at }) => leap && at > leap.at - 40_000 && at < leap.at);
    const sleepers = steps.filter((step: Step) => 'action' in step && step.action.kind === 'sleep');
    expect(leap).toMatchObject({ ms: 40 * 86_400_000 });
    expect(near).toEqual([]);
    expect(sleepers.some((step) => 'action' in step && 'ms' in step.action && step.action.ms > 39 * 86_400_000)).toBe(
      true,
    );
  });
});
