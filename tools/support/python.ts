import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.local');
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
const LEAST = [3, 11] as const;

/** This machine lacks Python, or something that a test or a tool needs of it. */
export class PythonUnavailable extends Error {
  readonly code = 'python_unavailable';
}

/** The exit code for neither passed nor failed: EX_UNAVAILABLE of sysexits.h. */
export const UNAVAILABLE = 69;

/** The folder of a requirements file's virtual environment. A changed file gets another folder. */
const environmentOf = (requirements: string): string => {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(FOLDER, `python-${hash}`);
};

const programIn = (environment: string, name: string): string =>
  process.platform === 'win32' ? join(environment, 'Scripts', `${name}.exe`) : join(environment, 'bin', name);

/** The path of a program in an environment that `prepare` has made. @param requirements the path of the file */
export const programOf = (requirements: string, name: string): string => programIn(environmentOf(requirements), name);

/**
 * Makes the virtual environment of a requirements file, unless it exists.
 * @throws PythonUnavailable when there is no Python, no venv, or no package index
 */
export const prepare = (requirements: string): void => {
  const environment = environmentOf(requirements);
  if (existsSync(join(environment, 'complete'))) return;
  const python = findPython();
  if (!python) throw new PythonUnavailable(`no Python ${LEAST.join('.')} or newer was found (${PYTHONS.join(', ')})`);
  const temporary = `${environment}.${process.pid}`;
  try {
    run(python, ['-m', 'venv', environment]);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '-r', requirements];
    run(programIn(environment, 'python'), install);
    writeFileSync(temporary, '');
    renameSync(temporary, join(environment, 'complete'));
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    const [reason = ''] = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split('\n')
      .slice(-1);
    throw new PythonUnavailable(`${basename(requirements)} could not be installed: ${reason}`);
  }
};

const run = (command: string, args: string[]): string =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const findPython = (): string | undefined =>
  PYTHONS.find((name) => {
    try {
      const version = run(name, ['-c', 'import sys, venv; print(*sys.version_info[:2])']).trim().split(' ').map(Number);
      const [major = 0, minor = 0] = version;
      return major === LEAST[0] && minor >= LEAST[1];
    } catch {
      return false;
    }
  });
