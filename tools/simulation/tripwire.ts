/** Something in the simulation has asked the machine for the time, for chance or for a timer. */
export class RealClockError extends Error {
  readonly code = 'real_clock';
  override readonly name = 'RealClockError';
}

/**
 * From now on, whatever asks the machine itself for time, chance or timers fails: a run must have them from its plan, or
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
