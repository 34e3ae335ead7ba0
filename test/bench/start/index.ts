import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { serverlessCommand } from '../../../local/run-stack.ts';
import { functionEnvironment } from '../../../local/stack.ts';
import { bars } from '../../../tools/support/plot.ts';
import { inTurns } from '../support/cpu.ts';
import { Report } from '../support/report.ts';

const FUNCTIONS = ['http', 'websocket', 'stream'] as const;
const ROUNDS = { rounds: 20, warmUp: 1 };
const nowhere = 'http://127.0.0.1:9';
const environment = {
  ...process.env,
  ...functionEnvironment({ dynamodb: nowhere, s3: nowhere, management: nowhere, table: 'thoughts' }),
};

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

const importing = (bundle: string, ...args: string[]): number => {
  const script = new URL('./import.ts', import.meta.url).pathname;
  const command = [script, pathToFileURL(bundle).href, ...args];
  return Number(execFileSync(process.execPath, command, { env: environment, encoding: 'utf8' }));
};

const report = new Report('start');
try {
  unpackArtefacts();
  await bundleByDefaults();
  const rows: (string | number)[][] = [
    ['', 'ours', 'defaults', 'ours / defaults', 'read at the start', 'defaults', 'in the zip'],
  ];
  const plotted: { label: string; value: number }[] = [];
  for (const name of FUNCTIONS) {
    const millis = (bundle: string) => async () => importing(bundle) / 1000;
    const cpu = await inTurns({ ours: millis(bundles.ours(name)), other: millis(bundles.default(name)) }, ROUNDS);
    const kb = importing(bundles.ours(name), '--bytes') / 1024;
    const defaultKb = importing(bundles.default(name), '--bytes') / 1024;
    const zipKb = statSync(join(folder, `${name}.zip`)).size / 1024;
    report.figure(`import.${name}.cpu_ms`, cpu.ours, 'ms');
    report.figure(`import.${name}.default_cpu_ms`, cpu.other, 'ms');
    report.figure(`import.${name}.cpu_ratio`, cpu.ours / cpu.other, 'ratio');
    report.figure(`import.${name}.kb`, kb, 'KB');
    report.figure(`import.${name}.default_kb`, defaultKb, 'KB');
    report.figure(`import.${name}.zip_kb`, zipKb, 'KB');
    const sizes = [kb, defaultKb, zipKb].map((size) => `${Math.round(size)} KB`);
    rows.push([
      name,
      `${cpu.ours.toFixed(1)} ms`,
      `${cpu.other.toFixed(1)} ms`,
      (cpu.ours / cpu.other).toFixed(2),
      ...sizes,
    ]);
    plotted.push({ label: `${name}, ours`, value: cpu.ours }, { label: `${name}, defaults`, value: cpu.other });
  }
  report.text(
    `CPU of importing each function in a fresh process: median of ${ROUNDS.rounds}. "Ours" is the artefact that \`sls package\` makes;
"defaults" are the same handlers as serverless-esbuild bundles them when it is told nothing.
What is read at the start is code; the zip also holds what is loaded when it is needed (the SDK's clients, credential providers
other than Lambda's), and source maps of our own code.`,
  );
  report.table(rows);
  report.plot('start', 'CPU of importing a function', bars('CPU of importing a function', 'ms', plotted));
  report.write();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
