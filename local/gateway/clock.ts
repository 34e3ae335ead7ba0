/** Time as the gateway sees it; tests move their own. */
export interface Clock {
  now(): number;
  /** @returns what takes the call back */
  after(ms: number, call: () => void): () => void;
}

export const realClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
