import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import type { VirtualTime } from './virtual-time.ts';

/** Code in the simulation has used the machine's clock, randomness or timers. */
export class RealClockError extends Error {
  readonly code = 'real_clock';
  override readonly name = 'RealClockError';
}

/**
 * From now on, each use of the machine's clock, randomness or timers throws. A run must take them from its `Runtime`, or
 * the same seed would not make the same run. For a worker of its own only.
 */
export const forbidRealClock = (): void => {
  const forbid = (name: string) => () => {
    throw new RealClockError(`${name} was called: the simulation has only virtual time`);
  };
  Date.now = forbid('Date.now');
  Math.random = forbid('Math.random');
  performance.now = forbid('performance.now');
  crypto.randomUUID = forbid('crypto.randomUUID') as never;
  Object.assign(globalThis, { setTimeout: forbid('setTimeout'), setInterval: forbid('setInterval') });
};

/**
 * A package that takes its timers from `node:timers` gets those of this run: middy ends a request shortly before Lambda
 * would end its function. https://middy.js.org/docs/intro/early-interrupt
 */
export const lendTimers = ({ after }: VirtualTime): void => {
  const cancel = (timer?: () => void) => timer?.();
  Object.assign(timers, { setTimeout: (call: () => void, ms = 0) => after(ms, call), clearTimeout: cancel });
  syncBuiltinESMExports();
  Object.assign(globalThis, { clearTimeout: cancel });
};
