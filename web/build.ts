import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(import.meta.dirname);
const CACHE = join(ROOT, 'node_modules', '.cache', 'page');
const SOURCES = ['web/**/*', 'client/*.ts', 'package-lock.json', 'tsconfig.json'];

/** A hash of the page's sources: it changes when they change. */
const fingerprint = (): string => {
  const hash = createHash('sha256').update(process.version);
  for (const file of globSync(SOURCES, { cwd: ROOT, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    hash.update(path.slice(ROOT.length)).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 20);
};

/**
 * Builds the page. Skips the build when the cache has one of the same sources.
 * @returns the folder with `index.html` and `assets/`; read it only
 */
export const buildPage = async (): Promise<string> => {
  const folder = join(CACHE, fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  // In a process of its own, so that the stack can start at the same time.
  const made = mkdtempSync(join(CACHE, 'making-'));
  await runVite(['build', '--outDir', made, '--emptyOutDir', '--logLevel', 'warn']);
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // Another process has built the same page meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return folder;
};

const runVite = async (args: string[]): Promise<void> => {
  const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, ...args], {
    cwd: join(ROOT, 'web'),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let output = '';
  child.stderr.on('data', (data) => (output += data));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`The page could not be built:\n${output}`);
};
