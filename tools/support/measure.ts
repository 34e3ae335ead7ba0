import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds. @throws Error that names it, when it doesn't in time */
export const waitFor = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Gave up after ${withinMs} ms of waiting for ${what}`);
    await sleep(10);
  }
};

/** The value that `percent` of the values don't exceed (nearest rank). */
export const percentile = (values: number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
};

/** One figure of a bench: name, value, unit. */
export const printFigure = (name: string, value: number, unit: string): void => {
  process.stdout.write(`${name} ${Math.round(value * 1000) / 1000} ${unit}\n`);
};
