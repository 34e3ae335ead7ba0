import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import pMap from 'p-map';
import { knownViolation } from './known.ts';
import { MUTANTS } from './mutants.ts';
import { Baseline, findMutant, MUTANT_SEEDS } from './mutate.ts';
import { DEFAULT_SIZES, measureNeighbours } from './neighbours.ts';
import { planOf } from './plan.ts';
import type { Plan } from './plan-types.ts';
import type { Report } from './run.ts';
import { shrink } from './shrink.ts';
import { THEMES, type Theme } from './themes.ts';
import { clockText } from './trace.ts';
import { Workers } from './workers.ts';

interface Options {
  seeds: number;
  first: number;
  seed?: number;
  explain?: boolean;
  repeat: number;
  people: number;
  minutes: number;
  workers: number;
  theme?: Theme;
  mutants?: boolean;
  neighbours?: number;
  all?: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The violations that fail a run: all that are not listed in `known.ts`. */
const failures = ({ seed, violations }: Report, isAll: boolean) =>
  violations.filter(({ code }) => isAll || knownViolation(code, seed) === undefined);

const simulate = async (options: Options): Promise<void> => {
  const workers = new Workers(options.workers);
  try {
    if (options.mutants) await mutants(workers);
    else if (options.neighbours) await neighbours(options.neighbours);
    else if (options.seed !== undefined) await one(workers, options.seed, options);
    else await commaSeparated(workers, options);
  } finally {
    await workers.close();
  }
};

const commaSeparated = async (
  workers: Workers,
  { first, seeds, people, minutes, theme, all = false }: Options,
): Promise<void> => {
  const begun = performance.now();
  const codes = new Map<string, number[]>();
  const sums = { answers: 0, events: 0, pushes: 0, connections: 0, gaps: 0, failures: 0 };
  let failed = 0;
  let hash = '';
  await pMap(
    Array.from({ length: seeds }, (_, at) => first + at),
    async (seed) => {
      const report = await workers.run({ seed, people, minutes, theme });
      for (const [name, count] of Object.entries(report.counts)) sums[name as keyof typeof sums] += count;
      if (seed === first) hash = report.hash;
      for (const code of new Set(report.violations.map((violation) => violation.code))) {
        codes.set(code, [...(codes.get(code) ?? []), seed]);
      }
      const [failure] = failures(report, all);
      if (!failure) return;
      failed++;
      print(`seed ${seed} (${report.theme}): ${failure.code}: ${failure.detail}`);
    },
    { concurrency: workers.count * 2 },
  );
  for (const [code, which] of codes) {
    const what = which.map((seed) => knownViolation(code, seed)).find(Boolean);
    const known = what ? ` (known: ${what})` : '';
    print(
      `${code}${known}: ${which.length} seeds, e.g. ${which
        .sort((a, b) => a - b)
        .slice(0, 5)
        .join(', ')}`,
    );
  }
  for (const [name, sum] of Object.entries(sums)) print(`simulation.${name} ${sum} count`);
  print(`simulation.seconds ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  print(`simulation.hash_of_first ${hash} sha256`);
  print(`${seeds - failed} passed, ${failed} failed`);
  if (failed > 0) {
    print('To see one: npm run simulate -- --seed N --explain');
    process.exitCode = 1;
  }
};

/** Runs each mutant, and prints the seed that found it. */
const mutants = async (workers: Workers): Promise<void> => {
  const baseline = new Baseline(workers);
  let missed = 0;
  await pMap(
    MUTANTS.map((mutant, index) => ({ mutant, index })),
    async ({ mutant, index }) => {
      const { seed, codes } = await findMutant(mutant, { index, baseline, seeds: MUTANT_SEEDS });
      if (seed === undefined) missed++;
      const where = seed === undefined ? 'NOT FOUND' : `seed ${seed} of ${mutant.theme}: ${codes.join(', ')}`;
      print(`${mutant.name}: ${where}`);
    },
    { concurrency: workers.count },
  );
  print(`${MUTANTS.length - missed} of ${MUTANTS.length} mutants found`);
  if (missed > 0) process.exitCode = 1;
};

const neighbours = async (followers: number): Promise<void> => {
  for (const shards of [2, 4, 8]) {
    const options = { ...DEFAULT_SIZES, followers, shards };
    const quiet = await measureNeighbours(options, true);
    const busy = await measureNeighbours(options, false);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    print(
      `neighbours.p99_ratio ${(busy.p99 / quiet.p99).toFixed(2)} with ${shards} shards: p50 ${seconds(quiet.p50)} and ${seconds(busy.p50)}, p99 ${seconds(quiet.p99)} and ${seconds(busy.p99)}; the large one took ${seconds(busy.largeMs)} and ${busy.tasks} tasks`,
    );
  }
};

const one = async (workers: Workers, seed: number, options: Options): Promise<void> => {
  const { people, minutes, explain = false, all = false } = options;
  const plan = planOf(seed, { people, minutes, theme: options.theme });
  const reports = await pMap(
    Array.from({ length: options.repeat }, () => plan),
    (same) => workers.run({ plan: same, isTraced: explain }),
    { concurrency: workers.count },
  );
  const [report] = reports;
  if (!report) return;
  const hashes = new Set(reports.map(({ hash }) => hash));
  print(`seed ${seed} (${report.theme}): ${report.violations.length} violations, ${Math.round(report.tookMs)} ms`);
  print(`simulation.hashes ${hashes.size} count (${[...hashes].join(' ')}) of ${reports.length} runs`);
  for (const { at, code, detail } of report.violations.slice(0, 20)) {
    print(`  ${clockText(at - (report.violations[0]?.at ?? at))} ${code}: ${detail}`);
  }
  if (hashes.size > 1) process.exitCode = 1;
  const [failure] = failures(report, all);
  if (!failure) return;
  process.exitCode = 1;
  if (explain) await explainFailure(workers, plan, failure.code);
};

/** Shrinks a failing plan, and prints the trace of the smaller plan. */
const explainFailure = async (workers: Workers, plan: Plan, code: string): Promise<void> => {
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

await new Command('simulate')
  .description('The whole system in one process by AWS’s rules: each seed is a day in production')
  .option('--seeds <n>', 'how many seeds', Number, 100)
  .option('--first <n>', 'the first seed', Number, 1)
  .option('--seed <n>', 'this seed only', Number)
  .option('--repeat <n>', 'with --seed: how often; every run must have the same hash', Number, 1)
  .option('--explain', 'with --seed: make a failure smaller and tell what happened')
  .option('--people <n>', 'how many people', Number, 30)
  .option('--minutes <n>', 'virtual minutes of activity', Number, 10)
  .addOption(new Option('--theme <name>', 'this theme only, in the place of each in turn').choices(THEMES))
  .option('--workers <n>', 'runs side by side', Number, availableParallelism())
  .option('--mutants', 'break the program on purpose in one place after the other; each must be found')
  .option('--neighbours <n>', 'how late small authors are while one with so many followers is fanned out', Number)
  .option('--all', 'fail on known violations too')
  .action(simulate)
  .parseAsync();
