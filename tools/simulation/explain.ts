import { readFileSync } from 'node:fs';
import { meaningOf } from './codes.ts';
import type { Person, Plan } from './plan-types.ts';
import { SIGN_UP_MS } from './run.ts';
import { shrink } from './shrink.ts';
import { stepText } from './step-text.ts';
import { NORMAL_CONDITIONS } from './themes.ts';
import { clockText } from './trace.ts';
import type { Violation } from './violations.ts';
import { RunFailedError, type Workers } from './workers.ts';

const INVARIANTS = readFileSync(new URL('../../docs/invariants.md', import.meta.url), 'utf8');
/** The most violations of one code that are told at the end. */
const TOLD = 3;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Makes a failing plan smaller, and tells what happens in the smaller plan. */
export const explainFailure = async (
  workers: Pick<Workers, 'run'>,
  plan: Plan,
  code: string,
  print: (line: string) => void,
): Promise<void> => {
  print(`Making the plan smaller while it breaks ${code} …`);
  const fails = async (smaller: Plan) => {
    try {
      const { violations } = await workers.run({ plan: smaller, isTraced: false });
      return violations.some((violation) => violation.code === code);
    } catch (error) {
      if (error instanceof RunFailedError) return false;
      throw error;
    }
  };
  const small = await shrink(plan, fails);
  const { trace, violations } = await workers.run({ plan: small, isTraced: true });
  const lines = [
    ...planLines(small),
    '',
    'What happened, in minutes, seconds and milliseconds from the start:',
    ...trace.map(({ at, who, what }) => `${clockText(at)} ${who.padEnd(14)} ${what}`),
    '',
    'What was broken:',
    ...violationLines(violations),
  ];
  for (const line of withShortIds(lines)) print(line);
  print('\nIn the place of each id there is a number, in the order of their first appearance.');
  print('docs/simulation.md says how to read this.');
};

/** The lines with `#1` in the place of the first id that appears in them, and so on. */
const withShortIds = (lines: string[]): string[] => {
  const ids = [...new Set(lines.flatMap((line) => line.match(UUID) ?? []))];
  const numbers = new Map(ids.map((id, at) => [id, `#${at + 1}`]));
  return lines.map((line) => line.replace(UUID, (id) => numbers.get(id) ?? id));
};

/** The plan in words. Its times are those of the trace: people sign up before its first step, and a leap moves all that is behind it. */
const planLines = ({ people, steps, conditions }: Plan): string[] => {
  let leaptMs = 0;
  const clock = (at: number) => clockText(at + SIGN_UP_MS + leaptMs);
  const lines = steps.map((step) => {
    const line = `  ${clock(step.at)} ${stepText(step, clock)}`;
    if ('fault' in step && step.fault === 'leap') leaptMs += step.ms;
    return line;
  });
  const unusual = Object.entries(conditions).filter(
    ([name, value]) => JSON.stringify(NORMAL_CONDITIONS[name as keyof typeof conditions]) !== JSON.stringify(value),
  );
  return [
    '',
    `The plan: ${people.length} people, ${steps.length} steps`,
    ...people.map(personLine),
    `  conditions: ${unusual.map(([name, value]) => `${name} ${value}`).join(', ') || 'normal'} (steps.ts says what each means)`,
    ...lines,
  ];
};

const personLine = ({ name, devices, follows, channels }: Person): string => {
  const parts = [
    devices === 1 ? '1 device' : `${devices} devices`,
    ...(follows.length > 0 ? [`follows ${follows.join(', ')}`] : []),
    ...(channels.length > 0 ? [`reads ${channels.join(', ')}`] : []),
  ];
  return `  ${name}: ${parts.join('; ')}`;
};

/** Each code that was broken, some of its violations, what the code means, and the invariant. */
const violationLines = (violations: Violation[]): string[] =>
  [...Map.groupBy(violations, ({ code }) => code)].flatMap(([code, found]) => {
    const meaning = meaningOf(code);
    return [
      `  ${code}, ${found.length === 1 ? 'once' : `${found.length} times`}`,
      ...found.slice(0, TOLD).map(({ detail }) => `    ${detail}`),
      ...(meaning ? [`    What must hold: ${meaning.rule}`, `    ${invariantLine(meaning.invariant)}`] : []),
    ];
  });

const invariantLine = (number: number): string => {
  const sentence = new RegExp(`^${number}\\. \\*\\*(.+?)\\*\\*`, 'm').exec(INVARIANTS)?.[1];
  return `Invariant ${number} of docs/invariants.md: ${sentence}`;
};
