import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { numberFrom } from '../support/option-numbers.ts';
import { DEFAULTS, tablesOf, withExamples } from './page.ts';
import { notVerified, PRICES } from './prices.ts';
import type { Workload } from './workload.ts';

const PAGE = new URL('../../docs/cost.md', import.meta.url);

const amount = numberFrom(0);
const share = numberFrom(0, 1);

new Command('cost')
  .description('Dollars a month for a workload, by measured units and the prices of tools/cost/prices.json')
  .option('--people <n>', 'how many people there are', amount, DEFAULTS.people)
  .option('--posts <n>', 'thoughts that each posts a day', amount, DEFAULTS.posts)
  .option('--followers <n>', 'followers of an author, on average', amount, DEFAULTS.followers)
  .option('--pages <n>', 'pages of 20 that each reads a day', amount, DEFAULTS.pages)
  .option('--online <share>', 'the share that is connected at any time', share, DEFAULTS.online)
  .option('--active <share>', 'the share that came in the last 30 days', share, DEFAULTS.active)
  .option('--write', 'make the examples of docs/cost.md anew')
  .action(({ write, ...workload }: Workload & { write?: boolean }) => {
    if (write) return writeFileSync(PAGE, withExamples(readFileSync(PAGE, 'utf8'), PRICES));
    process.stdout.write(`${tablesOf(workload, PRICES)}\nNot verified: ${notVerified(PRICES).join(', ')}.\n`);
  })
  .parse();
