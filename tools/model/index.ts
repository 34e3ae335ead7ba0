import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { seededRandom } from '../../local/faults/random.ts';
import type { Delivery } from '../../src/follows/edge.ts';
import { PRICES } from '../cost/prices.ts';
import { numberFrom, positiveNumber, wholeNumber } from '../support/option-numbers.ts';
import { lines } from '../support/plot.ts';
import { boundOf, type FanOutModel, fanOutOf } from './fan-out.ts';
import { dollarsOf, STRATEGIES } from './feed.ts';
import { type Population, readersOf } from './people.ts';

const AUDIENCES = [3, 4, 5, 6, 7, 8].map((exponent) => 10 ** exponent);
const POSTS_A_DAY = [0.1, 0.3, 1, 3, 14];
const DAYS = 365;
const SEED = 7;
const count = wholeNumber(1);

const table = (rows: string[][]): string => {
  const [head = [], ...rest] = rows;
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...rest].map(line).join('');
};

const number = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

const showFanOut = (model: FanOutModel, plot: string | undefined): void => {
  const kinds: Delivery[] = ['entry', 'push'];
  const rows = kinds.map((kind) => AUDIENCES.map((audience) => fanOutOf(audience, kind, model, PRICES)));
  for (const [at, kind] of kinds.entries()) {
    const cells = (rows[at] ?? []).map(({ audience, invocations, writes, reads, dollars, seconds }) => {
      const [bound, most] = boundOf(seconds);
      const counts = [invocations, writes, reads].map((count) => count.toLocaleString('en'));
      return [`10^${Math.log10(audience)}`, ...counts, number(dollars), number(most), bound];
    });
    const head = ['followers', 'invocations', 'write units', 'read units', 'dollars', 'seconds', 'bound by'];
    process.stdout.write(`\nEdges of the kind \`${kind}\`:\n\n${table([head, ...cells])}`);
  }
  if (plot === undefined) return;
  const list = kinds.map((label, at) => ({
    label,
    points: (rows[at] ?? []).map(({ audience, seconds }) => ({ x: audience, y: boundOf(seconds)[1] })),
  }));
  writeFileSync(plot, lines('Until the last follower is reached', ['followers', 's'], list));
};

const showFeed = (population: Omit<Population, 'posts'>, plot: string | undefined): void => {
  const rows = POSTS_A_DAY.map((posts) => {
    const readers = readersOf({ ...population, posts }, seededRandom(SEED));
    const year = (population.people * DAYS) / readers.length;
    const bills = readers.map((reader) => dollarsOf(reader, PRICES));
    return STRATEGIES.map((way) => year * bills.reduce((sum, bill) => sum + bill[way], 0));
  });
  const [rule, best] = [STRATEGIES.indexOf('default rule'), STRATEGIES.indexOf('best with hindsight')];
  const cells = rows.map((dollars, at) => [
    String(POSTS_A_DAY[at]),
    ...dollars.map((sum) => Math.round(sum).toLocaleString('en')),
    ((dollars[rule] ?? 0) / (dollars[best] ?? 1)).toFixed(2),
  ]);
  process.stdout.write(table([['posts a day', ...STRATEGIES, 'default / best'], ...cells]));
  if (plot === undefined) return;
  const list = STRATEGIES.map((label, at) => ({
    label,
    points: rows.map((dollars, row) => ({ x: POSTS_A_DAY[row] ?? 0, y: dollars[at] ?? 0 })),
  }));
  writeFileSync(plot, lines('Dollars a year of timelines', ['posts a day of an author', '$'], list));
};

interface Options extends FanOutModel, Omit<Population, 'posts'> {
  feed?: boolean;
  plot?: string;
}

new Command('model')
  .description('One thought to 1,000 to 100,000,000 followers; or, with --feed, what timelines cost a year')
  .option('--feed', 'the bill of all timelines, by how they are made and how often authors post')
  .option('--people <n>', 'of the feed: how many there are', count, 1_000_000)
  .option('--follows <n>', 'of the feed: whom each follows', wholeNumber(0), 200)
  .option('--pages <n>', 'of the feed: pages a day that each reads on average', numberFrom(0), 5)
  .option('--sample <n>', 'of the feed: how many readers are looked at', count, 4_000)
  .option('--page-size <n>', 'followers a page', count, 1_000)
  .option('--width <n>', 'tasks that an audience is cut into', count, 16)
  .option('--table-writes <n>', 'write units a second that the table takes', count, 4_000)
  .option('--table-reads <n>', 'read units a second that the table takes', count, 12_000)
  .option('--invocation-followers <n>', 'followers a second of one invocation', count, 2_000)
  .option('--shards <n>', 'of the stream', count, 4)
  .option('--hop-seconds <n>', "from a task's write to its invocation", numberFrom(0), 0.2)
  .option('--turn-seconds <n>', 'after which a task leaves its rest to another', positiveNumber, 0.5)
  .option('--memory-gb <n>', "the function's memory", positiveNumber, 0.5)
  .option('--plot <file>', 'draw it as SVG')
  .action(({ feed, plot, ...model }: Options) => (feed ? showFeed(model, plot) : showFanOut(model, plot)))
  .parse();
