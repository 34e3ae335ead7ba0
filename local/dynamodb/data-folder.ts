import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type EngineKind = 'embedded' | 'dynamodb-local';

/** The file in which each engine keeps its tables. */
const FILES: Record<EngineKind, string> = {
  embedded: 'dynamodb.log',
  'dynamodb-local': 'shared-local-instance.db',
};
const NAMES: Record<EngineKind, string> = { embedded: 'the embedded engine', 'dynamodb-local': 'DynamoDB Local' };
const other = (kind: EngineKind): EngineKind => (kind === 'embedded' ? 'dynamodb-local' : 'embedded');

export const logPath = (folder: string): string => join(folder, FILES.embedded);

/**
 * Locks a folder for an engine until the process ends.
 * @throws Error when the other engine has its data there, or another process uses it
 */
export const takeFolder = (folder: string, kind: EngineKind): void => {
  mkdirSync(folder, { recursive: true });
  if (existsSync(join(folder, FILES[other(kind)]))) {
    const flag = `--engine ${other(kind)}`;
    throw new Error(`${folder} holds data of ${NAMES[other(kind)]}: start with ${flag}, or choose another folder`);
  }
  const lock = join(folder, 'dynamodb.pid');
  const owner = readPid(lock);
  if (owner !== undefined && owner !== process.pid && isRunning(owner)) {
    throw new Error(`${folder} is in use by process ${owner}: end it, or choose another folder`);
  }
  writeFileSync(lock, `${process.pid}\n`);
  process.once('exit', () => {
    if (readPid(lock) === process.pid) rmSync(lock, { force: true });
  });
};

const readPid = (path: string): number | undefined => {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
};

/** A process that was killed leaves its lock behind. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
