import { describe, expect, it } from 'vitest';
import { planOf } from '../../../tools/simulation/plan.ts';
import type { Plan } from '../../../tools/simulation/plan-types.ts';
import { shrink } from '../../../tools/simulation/shrink.ts';
import type { Step } from '../../../tools/simulation/steps.ts';

const isPostOf = (person: string) => (step: Step) =>
  'action' in step && step.person === person && step.action.kind === 'post';

describe('shrinking', () => {
  it('keeps the one step that fails, at most two people, and no random faults', async () => {
    const plan = planOf(3, { people: 20 });
    const [author] = plan.steps.flatMap((step) =>
      'action' in step && step.action.kind === 'post' ? [step.person] : [],
    );
    const needs = isPostOf(author ?? '');
    const small = await shrink(plan, async ({ steps }) => steps.some(needs), 400);
    expect(small.steps).toHaveLength(1);
    expect(small.steps.every(needs)).toBe(true);
    expect(small.people.length).toBeLessThanOrEqual(2);
    expect(small.conditions).toMatchObject({ tableFails: 0, answerLost: 0, pushFails: 0, clockSkewMs: 0 });
  });

  it('never answers with a plan that does not fail, and takes no more runs than it may', async () => {
    const plan = planOf(5, { people: 12 });
    const tried: Plan[] = [];
    const fails = async (smaller: Plan) => {
      tried.push(smaller);
      return smaller.steps.length % 2 === plan.steps.length % 2 && smaller.people.length > 4;
    };
    const small = await shrink(plan, fails, 60);
    expect(tried.length).toBeLessThanOrEqual(60);
    expect(small === plan || (await fails(small))).toBe(true);
  });

  it('takes out of a plan all that the missing people did, and follows of them', async () => {
    const plan = planOf(4, { people: 10 });
    const small = await shrink(plan, async ({ people }) => people.length >= 1, 300);
    const names = new Set(small.people.map(({ name }) => name));
    expect(small.people.flatMap(({ follows }) => follows).every((name) => names.has(name))).toBe(true);
    expect(small.steps.every((step) => !('person' in step) || names.has(step.person))).toBe(true);
  });
});
