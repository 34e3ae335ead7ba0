import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type Options, simulateCommand } from '../../../tools/simulation/options.ts';

const parse = async (line: string): Promise<Options | string> => {
  let parsed: Options | undefined;
  const command: Command = simulateCommand(async (options) => {
    parsed = options;
  });
  let error = '';
  command.exitOverride().configureOutput({ writeErr: (text) => (error += text) });
  await command.parseAsync(line.split(' '), { from: 'user' }).catch(() => undefined);
  return parsed ?? error;
};

describe('the options of npm run simulate', () => {
  it.each([
    ['--seeds 40 --first 0', { seeds: 40, first: 0, people: 30, minutes: 10 }],
    ['--seed 17 --repeat 20', { seed: 17, repeat: 20 }],
    ['--seed 0 --people 12 --minutes 4 --explain', { seed: 0, people: 12, minutes: 4, explain: true }],
    ['--mutants --workers 2', { mutants: true, workers: 2 }],
  ])('are read: %s', async (line, options) => {
    expect(await parse(line)).toMatchObject(options);
  });

  it.each([
    ['--seeds all', 'It must be a whole number from 1.'],
    ['--seeds 0', 'It must be a whole number from 1.'],
    ['--first 1.5', 'It must be a whole number from 0.'],
    ['--seed seventeen', 'It must be a whole number from 0.'],
    ['--people 0', 'It must be a whole number from 1.'],
    ['--minutes -1', 'It must be a whole number from 1.'],
    ['--workers 0', 'It must be a whole number from 1.'],
    ['--seed 1 --repeat 0', 'It must be a whole number from 1.'],
    ['--repeat 3', '--repeat needs --seed'],
    ['--explain', '--explain needs --seed'],
    ['--seed 3 --seeds 5', 'cannot be used with'],
    ['--mutants --theme lag', 'cannot be used with'],
    ['--theme rain', 'Allowed choices are everyday'],
  ])('are refused, and nothing is run: %s', async (line, error) => {
    expect(await parse(line)).toContain(error);
  });
});
