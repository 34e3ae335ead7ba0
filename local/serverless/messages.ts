/** What the plugin and a function's process say to each other. Events and answers travel as JSON, as on AWS. */
export interface Invocation {
  event: string;
  requestId: string;
  /** From now; null for a function that has no time-out. */
  timeoutMs: number | null;
  functionName: string;
  memoryMb: number;
  region: string;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export type Outcome = { kind: 'answer'; json: string } | { kind: 'failed'; error: FunctionError };

/** What a process says: once that its handler is loaded, or can't be; then an outcome for each invocation. */
export type HostMessage = { kind: 'loaded' } | Outcome;
