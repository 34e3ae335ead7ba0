import pMap from 'p-map';
import { failuresOf, knownViolation } from './known.ts';
import type { PlanOptions } from './plan.ts';
import type { Report } from './run.ts';
import { RunFailedError, type Workers } from './workers.ts';

export interface ManySeedsOptions extends PlanOptions {
  first: number;
  seeds: number;
  /** Whether known violations fail a run too. */
  all: boolean;
  print: (line: string) => void;
}

/** Runs seeds side by side, and prints the first failure of each and sums over all. @returns how many seeds failed */
export const runManySeeds = async (
  workers: Pick<Workers, 'run' | 'count'>,
  { first, seeds, all, print, ...plan }: ManySeedsOptions,
): Promise<number> => {
  const begun = performance.now();
  const codes = new Map<string, number[]>();
  const sums: Report['counts'] = { answers: 0, events: 0, pushes: 0, connections: 0, gaps: 0, failures: 0 };
  let failed = 0;
  let hash = '';
  await pMap(
    Array.from({ length: seeds }, (_, at) => first + at),
    async (seed) => {
      const report = await workers.run({ seed, ...plan }).catch((error: unknown) => {
        if (error instanceof RunFailedError) return error;
        throw error;
      });
      if (report instanceof RunFailedError) {
        failed++;
        print(`seed ${seed}: ${report.code}: ${report.message}`);
        return;
      }
      for (const [name, count] of Object.entries(report.counts)) sums[name as keyof typeof sums] += count;
      if (seed === first) hash = report.hash;
      for (const code of new Set(report.violations.map((violation) => violation.code))) {
        codes.set(code, [...(codes.get(code) ?? []), seed]);
      }
      const [failure] = failuresOf(report, all);
      if (!failure) return;
      failed++;
      print(`seed ${seed} (${report.theme}): ${failure.code}: ${failure.detail}`);
    },
    { concurrency: workers.count * 2 },
  );
  for (const [code, which] of codes) print(codeLine(code, which));
  for (const [name, sum] of Object.entries(sums)) print(`simulation.${name} ${sum} count`);
  print(`simulation.seconds ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  print(`simulation.hash_of_first ${hash} sha256`);
  print(`${seeds - failed} passed, ${failed} failed`);
  if (failed > 0) print(`To see one: npm run simulate -- --seed N${optionsText(plan)} --explain`);
  return failed;
};

/** The options that make the same plan of a seed, as a person types them. */
const optionsText = (options: PlanOptions): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${value}`)
    .join('');

/** In how many seeds a code was seen, and five of them. */
const codeLine = (code: string, seeds: number[]): string => {
  const cause = seeds.map((seed) => knownViolation(code, seed)).find(Boolean);
  const some = seeds.toSorted((a, b) => a - b).slice(0, 5);
  return `${code}${cause ? ` (known: ${cause})` : ''}: ${seeds.length} seeds, e.g. ${some.join(', ')}`;
};
