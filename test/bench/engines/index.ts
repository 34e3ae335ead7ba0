import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { EngineKind } from '../../../local/dynamodb/data-folder.ts';
import { findJava } from '../../../local/dynamodb/java.ts';
import { wholeNumber } from '../../../tools/support/option-numbers.ts';
import { median } from '../support/cpu.ts';
import { Report } from '../support/report.ts';
import { type Contender, startContender } from './contender.ts';
import { REQUESTS, rateOf, writeMany } from './work.ts';

/** The embedded engine beside DynamoDB Local, over HTTP with the SDK; without Java the embedded one alone. */
const options = new Command('engines')
  .option('--writes <n>', 'how many writes the memory is watched for', wholeNumber(1), 50_000)
  .option('--seconds <n>', 'for how long at most, each engine', wholeNumber(1), 60)
  .parse()
  .opts<{ writes: number; seconds: number }>();
const ROUNDS = 5;
const STARTS = 3;
const PER_ROUND = { writes: 1_000, reads: 1_000, transactions: 300 };

const kinds: EngineKind[] = findJava().kind === 'found' ? ['embedded', 'dynamodb-local'] : ['embedded'];
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-bench-'));
const starts: { kind: EngineKind; dataDir?: string }[] = [
  ...kinds.map((kind) => ({ kind })),
  { kind: 'embedded', dataDir: folder },
];
const report = new Report('engines');
/** What was measured, by what it is and by who was measured. */
const figures = new Map<string, Map<string, number>>();
const note = (what: string, name: string, value: number, unit: string) => {
  report.figure(`${name} ${what}`, value, unit);
  const key = `${what} (${unit})`;
  figures.set(key, (figures.get(key) ?? new Map()).set(name, value));
};

const collect = (all: Map<string, number[]>, name: string, value: number) =>
  all.set(name, [...(all.get(name) ?? []), value]);

const startTimes = async (): Promise<void> => {
  const times = new Map<string, number[]>();
  for (let round = 0; round < STARTS; round++) {
    for (const kind of kinds) {
      const contender = await startContender(kind);
      collect(times, contender.name, contender.startMs);
      contender.stop();
    }
  }
  for (const [name, all] of times) note('start', name, median(all), 'ms');
};

const rates = async (contenders: Contender[]): Promise<void> => {
  for (const what of ['writes', 'reads', 'transactions'] as const) {
    const measured = new Map<string, number[]>();
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { name, world } of contenders) {
        const rate = await rateOf(REQUESTS[what], world, PER_ROUND[what]);
        if (round > 0) collect(measured, name, rate);
      }
    }
    for (const [name, all] of measured) note(what, name, median(all), '/s');
  }
};

const memory = async (contenders: Contender[]): Promise<(string | number)[][]> => {
  const columns: { name: string; samples: { written: number; mb: number }[] }[] = [];
  for (const contender of contenders) {
    const { name } = contender;
    const { written, seconds, samples } = await writeMany(contender, options.writes, options.seconds * 1_000);
    note('batched writes', name, written / seconds, '/s');
    report.figure(`${name} memory after ${written} writes`, samples.at(-1)?.mb ?? Number.NaN, 'MB');
    columns.push({ name, samples });
  }
  const longest = Math.max(...columns.map(({ samples }) => samples.length));
  return [
    ['written', ...columns.map(({ name }) => name)],
    ...Array.from({ length: longest }, (_, at) => [
      Math.round((options.writes / 10) * (at + 1)).toLocaleString('en'),
      ...columns.map(({ samples }) => (samples[at] ? `${samples[at].mb} MB` : 'too late')),
    ]),
  ];
};

const summary = (names: string[]): (string | number)[][] => [
  ['', ...names, 'ratio'],
  ...[...figures].map(([what, byName]) => {
    const [own = Number.NaN, other] = [byName.get('embedded'), byName.get('DynamoDB Local')];
    const values = names.map((name) => byName.get(name));
    return [
      what,
      ...values.map((value) => (value === undefined ? '' : Math.round(value).toLocaleString('en'))),
      other === undefined ? '' : (own / other).toFixed(2),
    ];
  }),
];

await startTimes();
const contenders: Contender[] = [];
for (const { kind, dataDir } of starts) contenders.push(await startContender(kind, dataDir));
await rates(contenders);
const watched = await memory(contenders);
const log = statSync(join(folder, 'dynamodb.log')).size / 2 ** 20;
for (const contender of contenders) contender.stop();
rmSync(folder, { recursive: true, force: true });
report.figure('log', log, 'MB');
report.text(
  `Each engine in a process of its own, with the project's table and its stream; in memory, unless it says \`--data\`. Requests by the SDK, 16
at a time, of items of 400 bytes; a transaction writes four. Start is until the first answer. Medians of ${ROUNDS} rounds in turns (start: of ${STARTS}). More is
better, but for the start. "Ratio" is the embedded engine's figure divided by DynamoDB Local's.`,
);
report.table(summary(contenders.map(({ name }) => name)));
report.text(
  `Resident memory while the same 10,000 items are written again and again, 25 a request, for at most ${options.seconds} s each. It is that
of the embedded engine's whole process, and of Java alone. The log of \`--data\` has ${Math.round(log)} MB in the end.`,
);
report.table(watched);
report.write();
process.exit();
