import type { Throughput } from './throttles.ts';

/** What a service does beside answering; everything is off or instant until it is set. */
export interface Rules {
  /** Bounds of one request's time on the way and back, in milliseconds. */
  latencyMs: { min: number; max: number };
  /** For how long a write transaction holds its items. */
  transactionMs: { min: number; max: number };
  /** An eventually consistent read shows the table as it was up to so many milliseconds ago. */
  replicaLagMs: number;
  /** Undefined: no throttling. */
  throughput: Throughput | undefined;
  /** How likely each fault is, each time that it could happen. */
  faults: Faults;
  /** After so many milliseconds a caller gives up a request whose answer was lost. */
  requestTimeoutMs: number;
}

export interface Faults {
  /** The request failed on the far side, and did nothing. */
  internalError: number;
  /** The request was done, and the caller hears nothing of it. */
  lostAnswer: number;
  /** An item of a batch comes back unprocessed. */
  unprocessed: number;
}

export const NO_FAULTS: Faults = { internalError: 0, lostAnswer: 0, unprocessed: 0 };

/** DynamoDB as it is on a good day. */
export const AWS_RULES: Omit<Rules, 'throughput'> = {
  latencyMs: { min: 2, max: 10 },
  transactionMs: { min: 5, max: 20 },
  replicaLagMs: 2_000,
  faults: NO_FAULTS,
  requestTimeoutMs: 5_000,
};

/** Nothing takes time, nothing fails, and every read is of the present. */
export const NO_RULES: Rules = {
  latencyMs: { min: 0, max: 0 },
  transactionMs: { min: 0, max: 0 },
  replicaLagMs: 0,
  throughput: undefined,
  faults: NO_FAULTS,
  requestTimeoutMs: 0,
};
