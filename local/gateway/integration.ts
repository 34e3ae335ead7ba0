import type { Clock } from './clock.ts';
import type { GatewayRoute } from './routes.ts';

/** A function's answer in the form that API Gateway reads. */
export interface Answer {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Only the gateway sets this. */
  isLate?: boolean;
}

/** API Gateway's answer when a function throws. */
const FUNCTION_FAILED = 502;
const TIMED_OUT = 504;

export const isFailure = ({ statusCode = 200 }: Answer): boolean => statusCode >= 500;

/** Calls the function of a route. @param ms milliseconds that API Gateway waits @returns 502 when it throws, 504 when it is too slow */
export const invokeRoute = async (
  { route, invoke }: GatewayRoute,
  event: unknown,
  { ms, clock, report }: { ms: number; clock: Clock; report: ((message: string) => void) | undefined },
): Promise<Answer> => {
  const { promise: late, resolve } = Promise.withResolvers<Answer>();
  const cancel = clock.after(ms, () => {
    report?.(`${route} did not answer in ${ms / 1_000} s`);
    resolve({ statusCode: TIMED_OUT, isLate: true });
  });
  const answer = invoke(event).then(
    (given) => (given ?? {}) as Answer,
    (error: unknown) => {
      report?.(`${route} failed: ${error instanceof Error ? error.message : error}`);
      return { statusCode: FUNCTION_FAILED };
    },
  );
  return Promise.race([answer, late]).finally(cancel);
};
