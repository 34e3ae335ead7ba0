/** An error of this project after which the same call may succeed later. */
export class TransientError extends Error {}

/**
 * Names and codes of errors that pass. Those of AWS are the ones that the SDK retries and that have no status by which to know them:
 * S3's `RequestTimeout`, for one, has the status 400.
 * @see `@smithy/core`, submodules/retry/service-error-classification/constants
 */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionInProgressException',
  'TimeoutError',
  'AbortError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Whether the same call may succeed later: throttled, timed out, unreachable, or failed on the far side.
 * Every other error is an answer or a bug, and would be the same on a retry.
 */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof TransientError) return true;
  if (!(error instanceof Error)) return false;
  const { name, code, $fault, $metadata } = error as Error & {
    code?: string;
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return $fault === 'server' || status >= 500 || status === 429 || PASSING.has(name) || PASSING.has(code ?? '');
};
