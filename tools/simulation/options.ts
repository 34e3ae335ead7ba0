import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { wholeNumber } from '../support/option-numbers.ts';
import { THEMES, type Theme } from './themes.ts';

export interface Options {
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

const number = (flags: string, description: string, least = 1): Option =>
  new Option(flags, description).argParser(wholeNumber(least));

/** The command line of `npm run simulate`. An option that would be ignored is refused. */
export const simulateCommand = (simulate: (options: Options) => Promise<void>): Command =>
  new Command('simulate')
    .description('The whole system in one process by AWS’s rules: each seed is a day in production')
    .addOption(number('--seeds <n>', 'how many seeds').default(100))
    .addOption(number('--first <n>', 'the first seed', 0).default(1))
    .addOption(number('--seed <n>', 'this seed only', 0).conflicts(['seeds', 'first']))
    .addOption(number('--repeat <n>', 'with --seed: how often; every run must have the same hash').default(1))
    .option('--explain', 'with --seed: make a failure smaller and tell what happened')
    .addOption(number('--people <n>', 'how many people').default(30))
    .addOption(number('--minutes <n>', 'virtual minutes of activity').default(10))
    .addOption(new Option('--theme <name>', 'this theme only, in the place of each in turn').choices(THEMES))
    .addOption(number('--workers <n>', 'runs side by side').default(availableParallelism()))
    .addOption(
      new Option(
        '--mutants',
        'break the program on purpose in one place after the other; each must be found',
      ).conflicts(['seed', 'seeds', 'first', 'theme', 'people', 'minutes', 'neighbours']),
    )
    .addOption(number('--neighbours <n>', 'how late small authors are while one with so many followers is fanned out'))
    .option('--all', 'fail on known violations too')
    .action(async (options: Options, command: Command) => {
      const isRepeated = command.getOptionValueSource('repeat') === 'cli';
      if (options.seed === undefined && (isRepeated || options.explain)) {
        command.error(`error: --${isRepeated ? 'repeat' : 'explain'} needs --seed <n>`);
      }
      await simulate(options);
    });
