import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { serverlessCommand } from '../../../local/run-stack.ts';
import { functionEnvironment } from '../../../local/stack.ts';
import { bars } from '../../../tools/support/plot.ts';
import { inTurns, median } from '../support/cpu.ts';
import { Report } from '../support/report.ts';
import type { Wire } from './table.ts';

const FUNCTIONS = ['http', 'websocket', 'stream'] as const;
/** What each function is first asked: a page of a list, a connection with a ticket that nobody has, four records. */
const FIRST = {
  http: { event: 'events/http-get-thoughts.json', answer: '"statusCode":200' },
  websocket: { event: 'events/websocket-connect.json', answer: '"statusCode":401' },
  stream: { event: 'events/stream-batch.json', answer: '"batchItemFailures":[]' },
};
const ROUNDS = { rounds: 20, warmUp: 1 };
const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-start-'));

/** What `sls deploy` would upload, unpacked. */
const unpackArtefacts = (): void => {
  execFileSync(process.execPath, [serverlessCommand(), 'package', '--package', folder], { stdio: 'ignore' });
  mkdirSync(join(folder, 'ours'));
  for (const name of FUNCTIONS) {
    execFileSync('unzip', ['-q', join(folder, `${name}.zip`), '-d', join(folder, 'ours', name)]);
  }
};

/** The same handlers as serverless-esbuild bundles them when it is told nothing, but with the SDK that we deploy. */
const bundleByDefaults = () =>
  build({
    bundle: true,
    platform: 'node',
    target: 'node24',
    entryPoints: FUNCTIONS.map((name) => `functions/${name}.ts`),
    outdir: join(folder, 'default'),
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  });

const bundles = {
  ours: (name: string) => join(folder, 'ours', name, 'functions', `${name}.js`),
  default: (name: string) => join(folder, 'default', `${name}.cjs`),
};

const folderOf = (name: string): string => join(folder, name);
const table = fork(new URL('./table.ts', import.meta.url));
const [wire] = (await once(table, 'message')) as [Wire];
const dynamodb = `https://localhost:${wire.port}`;
let processes = 0;

/** Runs `import.ts` in a fresh process, with a table of its own. @returns the words of the line that it prints */
const importing = (bundle: string, event: string): string[] => {
  const script = new URL('./import.ts', import.meta.url).pathname;
  const own = functionEnvironment({ dynamodb, s3: dynamodb, management: dynamodb, table: `thoughts-${++processes}` });
  const env = { ...process.env, ...own, NODE_EXTRA_CA_CERTS: folderOf('ca.pem') };
  const command = [script, pathToFileURL(bundle).href, event];
  return execFileSync(process.execPath, command, { env, encoding: 'utf8' }).split(' ');
};
const bytesRead = (bundle: string): number => Number(importing(bundle, '--bytes')[0]);

const report = new Report('start');
try {
  unpackArtefacts();
  await bundleByDefaults();
  // Packaging empties the folder first.
  writeFileSync(folderOf('ca.pem'), wire.certificate);
  const rows: (string | number)[][] = [
    [
      '',
      'ours',
      'defaults',
      'ours / defaults',
      'and the first request',
      'defaults',
      'read at the start',
      'defaults',
      'in the zip',
    ],
  ];
  const plotted: { label: string; value: number }[] = [];
  for (const name of FUNCTIONS) {
    const firsts = { ours: [] as number[], other: [] as number[] };
    const start = (contender: keyof typeof firsts, bundle: string) => async () => {
      const [imported, answered, answer] = importing(bundle, FIRST[name].event);
      if (!answer?.includes(FIRST[name].answer)) throw new Error(`${name} answered ${answer}`);
      firsts[contender].push(Number(answered) / 1000);
      return Number(imported) / 1000;
    };
    const [ours, other] = [bundles.ours(name), bundles.default(name)];
    const cpu = await inTurns({ ours: start('ours', ours), other: start('other', other) }, ROUNDS);
    const [first, defaultFirst] = [firsts.ours, firsts.other].map((all) => median(all.slice(ROUNDS.warmUp)));
    const kb = bytesRead(ours) / 1024;
    const defaultKb = bytesRead(other) / 1024;
    const zipKb = statSync(join(folder, `${name}.zip`)).size / 1024;
    report.figure(`import.${name}.cpu_ms`, cpu.ours, 'ms');
    report.figure(`import.${name}.default_cpu_ms`, cpu.other, 'ms');
    report.figure(`import.${name}.cpu_ratio`, cpu.ours / cpu.other, 'ratio');
    report.figure(`import.${name}.first_cpu_ms`, first ?? 0, 'ms');
    report.figure(`import.${name}.default_first_cpu_ms`, defaultFirst ?? 0, 'ms');
    report.figure(`import.${name}.kb`, kb, 'KB');
    report.figure(`import.${name}.default_kb`, defaultKb, 'KB');
    report.figure(`import.${name}.zip_kb`, zipKb, 'KB');
    const sizes = [kb, defaultKb, zipKb].map((size) => `${Math.round(size)} KB`);
    rows.push([
      name,
      `${cpu.ours.toFixed(1)} ms`,
      `${cpu.other.toFixed(1)} ms`,
      (cpu.ours / cpu.other).toFixed(2),
      ...[first, defaultFirst].map((millis = 0) => `${millis.toFixed(1)} ms`),
      ...sizes,
    ]);
    plotted.push({ label: `${name}, ours`, value: cpu.ours }, { label: `${name}, defaults`, value: cpu.other });
  }
  report.text(
    `CPU of importing each function in a fresh process, without Node's own start. Median of ${ROUNDS.rounds}.

- "Ours" is the artefact that \`sls package\` makes. "Defaults" are the same handlers as serverless-esbuild bundles them when it is told nothing.
- "And the first request" is the import and one request more, with the connection to a table behind TLS. For http this is a page of thoughts, for websocket a ticket that
  nobody has, for stream four records.
- What is read at the start is code. The zip also holds source maps of our own code. It holds the SDK's clients, and credential providers other than Lambda's, which
  are loaded when they are needed.`,
  );
  report.table(rows);
  report.plot('start', 'CPU of importing a function', bars('CPU of importing a function', 'ms', plotted));
  report.write();
} finally {
  table.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
