import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { printFigure } from '../../tools/support/measure.ts';

/** What `npm run bench` runs, each in a process of its own. They write docs/benchmarks.md. */
const PARTS = ['push', 'start', 'process', 'live', 'growth', 'connections', 'engines', 'conversations'];
/** Older ones, by name only. */
const OTHERS = ['units', 'timeline', 'walk', 'fan-out', 'mapping', 'client', 'neighbours'];

const [name, ...options] = process.argv.slice(2);
if (name !== undefined && ![...PARTS, ...OTHERS].includes(name)) {
  process.stderr.write(
    `Which one? ${[...PARTS, ...OTHERS].join(', ')}; or all of the first ${PARTS.length} by none.\n`,
  );
  process.exit(1);
}
const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;
const startedAt = performance.now();
for (const part of name === undefined ? PARTS : [name]) {
  const folder = new URL(`./${part}/index.ts`, import.meta.url);
  const { pathname } = existsSync(folder) ? folder : new URL(`./${part}.ts`, import.meta.url);
  const partStartedAt = performance.now();
  const { status } = spawnSync(process.execPath, ['--expose-gc', pathname, ...options], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  printFigure(`bench.${part}.seconds`, secondsSince(partStartedAt), 's');
}
if (name === undefined) printFigure('bench.seconds', secondsSince(startedAt), 's');
