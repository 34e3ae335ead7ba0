import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PythonUnavailable, UNAVAILABLE } from '../../tools/support/python.ts';
import { preparePython } from './python.ts';

const NOT_SHOWN = 'TTL, point-in-time recovery, encryption at rest, grants on the stream, arm64, throttling';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

const runProject = async (project: string): Promise<number> => {
  const args = [VITEST, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts'), '--project', project];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

const main = async (): Promise<number> => {
  try {
    preparePython();
  } catch (error) {
    if (!(error instanceof PythonUnavailable)) throw error;
    process.stderr.write(`test:deploy did not run: ${error.message}\n`);
    return UNAVAILABLE;
  }
  const chosen = process.argv.slice(2);
  for (const project of chosen.length > 0 ? chosen : ['template', 'deployed', 'lifecycle']) {
    const code = await runProject(project);
    if (code !== 0) return code;
  }
  process.stdout.write(`The emulator can't show: ${NOT_SHOWN}. See docs/conformance.md.\n`);
  return 0;
};

process.exitCode = await main();
