import type { Plan } from './plan-types.ts';
import { shrink } from './shrink.ts';
import { clockText } from './trace.ts';
import type { Workers } from './workers.ts';

/** Makes a failing plan smaller, and prints the trace of the smaller plan. */
export const explainFailure = async (
  workers: Pick<Workers, 'run'>,
  plan: Plan,
  code: string,
  print: (line: string) => void,
): Promise<void> => {
  print(`Making the plan smaller while it breaks ${code} …`);
  const fails = async (smaller: Plan) => {
    const { violations } = await workers.run({ plan: smaller, isTraced: false });
    return violations.some((violation) => violation.code === code);
  };
  const small = await shrink(plan, fails);
  const { trace, violations } = await workers.run({ plan: small, isTraced: true });
  print(`\n${small.people.length} people, ${small.steps.length} steps, conditions ${JSON.stringify(small.conditions)}`);
  for (const step of small.steps) print(`  plan ${clockText(step.at)} ${JSON.stringify(step)}`);
  print('');
  for (const { at, who, what } of trace) print(`${clockText(at)} ${who.padEnd(14)} ${what}`);
  const broken = violations.filter((violation) => violation.code === code);
  print(`\n${broken.length} times ${code}: ${broken[0]?.detail}`);
};
