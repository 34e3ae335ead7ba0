import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { runAllMutants } from './all-mutants.ts';
import { runManySeeds } from './many-seeds.ts';
import { MUTANTS } from './mutants.ts';
import { Baseline, findMutant, MUTANT_SEEDS } from './mutate.ts';
import { printNeighbours } from './neighbours.ts';
import { runOneSeed } from './one-seed.ts';
import { THEMES, type Theme } from './themes.ts';
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
