import { runAllMutants } from './all-mutants.ts';
import { runManySeeds } from './many-seeds.ts';
import { MUTANTS } from './mutants.ts';
import { Baseline, findMutant, MUTANT_SEEDS } from './mutate.ts';
import { printNeighbours } from './neighbours.ts';
import { runOneSeed } from './one-seed.ts';
import { type Options, simulateCommand } from './options.ts';
import { Workers } from './workers.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const simulate = async (options: Options): Promise<void> => {
  const workers = new Workers(options.workers);
  try {
    if (await isFailed(workers, options)) process.exitCode = 1;
  } finally {
    await workers.close();
  }
};

const isFailed = async (workers: Workers, options: Options): Promise<boolean> => {
  const { people, minutes, theme, first, seed, seeds, repeat, explain = false, all = false } = options;
  if (options.mutants) {
    const baseline = new Baseline(workers);
    const missed = await runAllMutants({
      mutants: MUTANTS,
      concurrency: workers.count,
      find: (mutant, index) => findMutant(mutant, { index, baseline, seeds: MUTANT_SEEDS }),
      print,
    });
    return missed > 0;
  }
  if (options.neighbours) {
    await printNeighbours(options.neighbours, print);
    return false;
  }
  const plan = { people, minutes, ...(theme && { theme }) };
  if (seed !== undefined) return runOneSeed(workers, { seed, repeat, explain, all, print, ...plan });
  return (await runManySeeds(workers, { first, seeds, all, print, ...plan })) > 0;
};

await simulateCommand(simulate).parseAsync();
