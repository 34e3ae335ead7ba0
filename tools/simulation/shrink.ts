import type { Plan } from './plan-types.ts';

/** Runs a plan and says whether the same invariant still breaks. */
export type StillFails = (plan: Plan) => Promise<boolean>;

/**
 * Makes a failing plan smaller while it fails in the same way: fewer steps, fewer people, fewer random faults.
 * Delta debugging: halves, then quarters and so on are left out, as long as that helps.
 * @see https://www.st.cs.uni-saarland.de/papers/tse2002/ "Simplifying and Isolating Failure-Inducing Input"
 * @param budget how many runs it may take at most
 */
export const shrink = async (plan: Plan, stillFails: StillFails, budget = 150): Promise<Plan> => {
  let best = plan;
  let runs = 0;
  const attempt = async (smaller: Plan): Promise<boolean> => {
    if (runs >= budget) return false;
    runs++;
    if (!(await stillFails(smaller))) return false;
    best = smaller;
    return true;
  };

  for (const without of conditionsWithoutOneFault(plan)) {
    await attempt({ ...best, conditions: { ...best.conditions, ...without } });
  }
  await reduce(
    () => best.steps,
    (steps) => attempt({ ...best, steps }),
  );
  await reduce(
    () => best.people,
    (people) => attempt(withPeople(best, people)),
  );
  await reduce(
    () => best.steps,
    (steps) => attempt({ ...best, steps }),
  );
  return best;
};

/** For each kind of random faults, what removes it. */
const conditionsWithoutOneFault = ({ conditions }: Plan): Partial<Plan['conditions']>[] =>
  (['tableFails', 'answerLost', 'pushFails', 'clockSkewMs', 'noDisconnect'] as const)
    .filter((name) => conditions[name] > 0)
    .map((name) => ({ [name]: 0 }));

/** The plan with these people only: what the others did, and follows of them, go too. */
const withPeople = (plan: Plan, people: Plan['people']): Plan => {
  const names = new Set(people.map(({ name }) => name));
  return {
    ...plan,
    people: people.map((person) => ({ ...person, follows: person.follows.filter((name) => names.has(name)) })),
    steps: plan.steps.filter((step) => {
      if ('person' in step && !names.has(step.person)) return false;
      return !('action' in step && 'other' in step.action && !names.has(step.action.other));
    }),
  };
};

const reduce = async <T>(list: () => T[], attempt: (smaller: T[]) => Promise<boolean>): Promise<void> => {
  for (let parts = 2; list().length > 1; ) {
    const size = Math.ceil(list().length / parts);
    let isSmaller = false;
    for (let at = 0; at < list().length; ) {
      const rest = [...list().slice(0, at), ...list().slice(at + size)];
      if (rest.length > 0 && (await attempt(rest))) isSmaller = true;
      else at += size;
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size === 1) return;
    else parts = Math.min(list().length, parts * 2);
  }
};
