import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { PRICES } from './cost/prices.ts';

const { dynamodb, lambda } = PRICES;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html, for items of our sizes. */
const WRITE_UNITS_PER_ENTRY = 1;
/** An edge of 150 B read consistently, and presence of under 4 KB, twice consistently. */
const READ_UNITS_PER_FOLLOWER = 150 / 4096 + 1 + 1;
/** A task carries the thought: about 1 KB; it is put once and deleted once. */
const WRITE_UNITS_PER_TASK = 2;

interface Model {
  pageSize: number;
  width: number;
  /** Writes a second that the table takes. */
  tableWrites: number;
  /** Writes a second of one invocation. */
  invocationWrites: number;
  /** From a task's write to its invocation. */
  hopSeconds: number;
  memoryGb: number;
}

export interface Tree {
  invocations: number;
  depth: number;
}

/** The tree of invocations that reaches an audience: a page, then the rest in even parts. */
export const treeOf = (audience: number, { pageSize, width }: Pick<Model, 'pageSize' | 'width'>): Tree => {
  const known = new Map<number, Tree>();
  const tree = (size: number): Tree => {
    const before = known.get(size);
    if (before) return before;
    const rest = size - pageSize;
    let result: Tree = { invocations: 1, depth: 1 };
    if (rest > 0) {
      const parts = Math.min(width, Math.ceil(rest / pageSize));
      const large = tree(Math.ceil(rest / parts));
      const small = tree(Math.floor(rest / parts));
      const larger = rest % parts;
      result = {
        invocations: 1 + larger * large.invocations + (parts - larger) * small.invocations,
        depth: 1 + large.depth,
      };
    }
    known.set(size, result);
    return result;
  };
  return tree(audience);
};

const modelOf = (audience: number, model: Model) => {
  const { invocations, depth } = treeOf(audience, model);
  const writes = audience * WRITE_UNITS_PER_ENTRY + (invocations - 1) * WRITE_UNITS_PER_TASK;
  const reads = audience * READ_UNITS_PER_FOLLOWER;
  const busySeconds = audience / model.invocationWrites;
  const dollars =
    (writes * dynamodb.millionWrites + reads * dynamodb.millionReads + invocations * lambda.millionRequests) / 1e6 +
    busySeconds * model.memoryGb * lambda.gbSecond;
  // The table's throughput bounds a large audience, the hops down the tree a small one.
  const page = Math.min(audience, model.pageSize) / model.invocationWrites;
  const seconds = Math.max(audience / model.tableWrites, depth * (page + model.hopSeconds));
  return { audience, invocations, depth, writes, reads: Math.round(reads), dollars, seconds };
};

const power = (value: number): string => `10^${Math.round(Math.log10(value))}`;

const plot = (rows: { audience: number; seconds: number }[]): string => {
  const [width, height, margin] = [560, 300, 50];
  const logs = rows.map(({ seconds }) => Math.log10(seconds));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const x = (at: number) => margin + (at * (width - 2 * margin)) / (rows.length - 1);
  const y = (log: number) => height - margin - ((log - low) * (height - 2 * margin)) / (high - low);
  const points = logs.map((log, at) => `${x(at).toFixed(1)},${y(log).toFixed(1)}`).join(' ');
  const xLabels = rows.map(
    ({ audience }, at) => `<text x="${x(at)}" y="${height - 25}" text-anchor="middle">${power(audience)}</text>`,
  );
  const yLabels = Array.from({ length: high - low + 1 }, (_, at) => {
    const line = `<path d="M${margin} ${y(low + at)}H${width - margin}" stroke="#8884"/>`;
    return `${line}<text x="${margin - 8}" y="${y(low + at) + 4}" text-anchor="end">${10 ** (low + at)} s</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#777">
<title>Seconds until the last follower has the entry</title>
${xLabels.join('\n')}
${yLabels.join('\n')}
<polyline points="${points}" fill="none" stroke="#36c" stroke-width="2"/>
<text x="${width / 2}" y="${height - 6}" text-anchor="middle">followers</text>
</svg>
`;
};

interface ModelOptions extends Model {
  plot?: string;
}

new Command('model')
  .description('The fan-out tree for 1,000 to 100,000,000 followers: invocations, depth, units, dollars, seconds')
  .option('--page-size <n>', 'followers a page', Number, 1_000)
  .option('--width <n>', 'parts of a split', Number, 16)
  .option('--table-writes <n>', 'writes a second that the table takes', Number, 4_000)
  .option('--invocation-writes <n>', 'writes a second of one invocation', Number, 2_000)
  .option('--hop-seconds <n>', "from a task's write to its invocation", Number, 0.2)
  .option('--memory-gb <n>', "the function's memory", Number, 1)
  .option('--plot <file>', 'draw the seconds as SVG')
  .action((options: ModelOptions) => {
    const rows = [3, 4, 5, 6, 7, 8].map((exponent) => modelOf(10 ** exponent, options));
    process.stdout.write(
      '| followers | invocations | depth | write units | read units | dollars | seconds |\n|--:|--:|--:|--:|--:|--:|--:|\n',
    );
    for (const { audience, invocations, depth, writes, reads, dollars, seconds } of rows) {
      const cells = [
        power(audience),
        invocations,
        depth,
        writes,
        reads,
        dollars.toPrecision(3),
        seconds.toPrecision(3),
      ];
      process.stdout.write(
        `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |\n`,
      );
    }
    if (options.plot) writeFileSync(options.plot, plot(rows));
  })
  .parseAsync();
