import type { FunctionError, Invocation, Outcome } from './messages.ts';

type Callback = (error?: unknown, answer?: unknown) => void;
export type Handler = (event: unknown, context: object, callback: Callback) => unknown;

/** Bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, 6 MB */
const MAX_ANSWER = 6_291_556;
/** 15 minutes: the longest that a function may be given. */
const MAX_TIMEOUT_MS = 900_000;

/**
 * Calls a handler as Lambda does: an async handler, one with a callback, or one with the old `context.done`. When a handler uses none
 * of these, the answer is null as soon as the event loop is empty.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export const callHandler = async (handler: Handler, invocation: Invocation): Promise<Outcome> => {
  try {
    const json = JSON.stringify((await answerOf(handler, invocation)) ?? null) ?? 'null';
    if (Buffer.byteLength(json) <= MAX_ANSWER) return { kind: 'answer', json };
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER} bytes).`;
    return { kind: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] } };
  } catch (error) {
    return { kind: 'failed', error: describe(error) };
  }
};

const answerOf = (handler: Handler, invocation: Invocation): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const callback: Callback = (error, answer) => {
      if (error !== undefined && error !== null) reject(error);
      else resolve(answer);
    };
    const returned = handler(JSON.parse(invocation.event), contextOf(invocation, callback), callback);
    if (returned instanceof Promise || typeof (returned as Promise<unknown> | undefined)?.then === 'function') {
      (returned as Promise<unknown>).then(resolve, reject);
    } else {
      untilIdle(() => resolve(null));
    }
  });

/** Calls `call` when the process has no timer and no socket left, except the channel to the plugin. */
const untilIdle = (call: () => void): void => {
  process.channel?.unref();
  process.once('beforeExit', () => {
    process.channel?.ref();
    call();
  });
};

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
const contextOf = (
  { functionName, memoryMb, region, requestId, timeoutMs }: Invocation,
  callback: Callback,
): object => {
  const deadline = Date.now() + (timeoutMs ?? MAX_TIMEOUT_MS);
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: callback,
    fail: (error: unknown) => callback(error ?? 'null'),
    succeed: (answer: unknown) => callback(undefined, answer),
  };
};

const describe = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
