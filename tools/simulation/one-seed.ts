import pMap from 'p-map';
import { explainFailure } from './explain.ts';
import { failuresOf } from './known.ts';
import { type PlanOptions, planOf } from './plan.ts';
import { START } from './run.ts';
import { clockText } from './trace.ts';
import type { Workers } from './workers.ts';

/** The most violations that are printed of one run. */
const PRINTED = 20;

export interface OneSeedOptions extends PlanOptions {
  seed: number;
  /** How often the seed is run. All runs must have the same hash. */
  repeat: number;
  /** Whether a failing plan is made smaller and explained. */
  explain: boolean;
  /** Whether known violations fail a run too. */
  all: boolean;
  print: (line: string) => void;
}

/** Runs one seed, and prints its violations. @returns whether it failed, or its runs had different hashes */
export const runOneSeed = async (
  workers: Workers,
  { seed, repeat, explain, all, print, ...options }: OneSeedOptions,
): Promise<boolean> => {
  const plan = planOf(seed, options);
  const reports = await pMap(
    Array.from({ length: repeat }, () => plan),
    (same) => workers.run({ plan: same, isTraced: false }),
    { concurrency: workers.count },
  );
  const [report] = reports;
  if (!report) throw new RangeError('A seed must be run at least once');
  const hashes = new Set(reports.map(({ hash }) => hash));
  print(`seed ${seed} (${report.theme}): ${report.violations.length} violations, ${Math.round(report.tookMs)} ms`);
  print(`simulation.hashes ${hashes.size} count (${[...hashes].join(' ')}) of ${reports.length} runs`);
  for (const { at, code, detail } of report.violations.slice(0, PRINTED)) {
    print(`  ${clockText(at - START)} ${code}: ${detail}`);
  }
  const [failure] = failuresOf(report, all);
  if (failure && explain) await explainFailure(workers, plan, failure.code, print);
  return failure !== undefined || hashes.size > 1;
};
