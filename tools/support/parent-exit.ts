import { readFileSync } from 'node:fs';

const LOOK_MS = 500;

/** The parent of a process, where the system tells it in /proc; undefined elsewhere. */
const parentOf = (pid: number): number | undefined => {
  try {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    return Number(afterName.split(' ')[1]);
  } catch {
    return undefined;
  }
};

/**
 * Calls back once when the process that started this one is gone, or the one that started that: between npm and a
 * script there may be a shell, which outlives npm. On Windows it never does; without /proc it knows the nearer one only.
 */
export const onParentExit = (then: () => void): void => {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    then();
  }, LOOK_MS);
  timer.unref();
};
