import { Command, InvalidArgumentError } from 'commander';
import { costOf, type Line, liveElsewhere, type Workload } from './cost.ts';
import prices from './prices.json' with { type: 'json' };

const amount = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('It must be a number from 0.');
  return value;
};

const share = (text: string): number => {
  const value = amount(text);
  if (value > 1) throw new InvalidArgumentError('It must be a share, from 0 to 1.');
  return value;
};

const table = (title: string, lines: Line[]): string => {
  const rows = lines.map(({ what, dollars }) => `| ${what} | ${dollars.toFixed(2)} |`);
  return [`| ${title} | dollars a month |`, '|---|--:|', ...rows, ''].join('\n');
};

new Command('cost')
  .description(`Dollars a month for a workload, at prices of ${prices.asOf} (tools/cost/prices.json)`)
  .option('--people <n>', 'how many people there are', amount, 10_000)
  .option('--posts <n>', 'thoughts that each posts a day', amount, 1)
  .option('--followers <n>', 'followers of an author, on average', amount, 100)
  .option('--pages <n>', 'pages of 20 that each reads a day', amount, 10)
  .option('--online <share>', 'the share that is connected at any time', share, 0.1)
  .option('--active <share>', 'the share that came in the last 30 days', share, 0.5)
  .action((workload: Workload) => {
    const lines = costOf(workload, prices);
    const all = lines.reduce((sum, { dollars }) => sum + dollars, 0);
    const live = liveElsewhere(workload, prices);
    process.stdout.write(
      `${table('here', [...lines, { what: '**all**', dollars: all }])}\n${table('pushes and connections alone', live)}`,
    );
  })
  .parse();
