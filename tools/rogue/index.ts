import { Command } from 'commander';
import { wholeNumber } from '../support/option-numbers.ts';
import { laptopRogue } from './laptop.ts';
import { type RogueReport, virtualRogue } from './virtual.ts';

const print = (where: string, quiet: RogueReport, loud: RogueReport): void => {
  const figures = { quiet_p99: quiet.p99, p99: loud.p99, ratio_of_p99: loud.p99 / quiet.p99 };
  for (const [name, value] of Object.entries(figures)) {
    process.stdout.write(`rogue.${where}_${name} ${value.toFixed(2)} ${name.startsWith('ratio') ? 'ratio' : 'ms'}\n`);
  }
  process.stdout.write(`rogue: ${JSON.stringify(loud.rogue)}, the others: ${JSON.stringify(loud.others)}\n`);
};

new Command('rogue')
  .description('One token posts again and again: what it is answered, and what the others notice')
  .option('--per-second <n>', 'how often', wholeNumber(1), 500)
  .option('--seconds <n>', 'for how long', wholeNumber(1), 60)
  .option('--laptop', 'against a stack of its own, and not by the rules of AWS in virtual time')
  .action(async ({ perSecond, seconds, laptop }: { perSecond: number; seconds: number; laptop?: boolean }) => {
    if (laptop) print('laptop', ...(await laptopRogue(perSecond, seconds)));
    else print('virtual', await virtualRogue(0, seconds), await virtualRogue(perSecond, seconds));
  })
  .parseAsync();
