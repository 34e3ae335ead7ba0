/** The messages between the plugin and a function's process. Events and answers travel as JSON, as on AWS. */
export interface Invocation {
  event: string;
  requestId: string;
  /** The time left in milliseconds; null for a function without a timeout. */
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

/** A message of the process: first whether its handler could be loaded, then an outcome for each invocation. */
export type HostMessage = { kind: 'loaded' } | Outcome;
