/** The time, the timers and the random numbers of a client: the platform's, or a test's and a simulation's. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Calls once, after so many milliseconds. */
  setTimeout(call: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The clock, the timers and the random numbers of the browser or of Node. */
export const platform: Runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};
