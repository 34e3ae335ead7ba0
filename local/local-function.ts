import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { traced } from './trace.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

export interface FunctionDefinition {
  /** As serverless.yml has it: `functions/stream.handler`. */
  handler: string;
  /** Seconds. */
  timeout: number;
}

/** The function did not answer in its time. */
export class FunctionTimeoutError extends Error {
  readonly code = 'function_timeout';
  override readonly name = 'FunctionTimeoutError';
}

/** A bundled function, called in this process as Lambda would call it. */
export class LocalFunction {
  readonly name: string;
  readonly #definition: FunctionDefinition;
  readonly #bundles: string;
  #handler: Promise<Handler> | undefined;

  /** @param bundles the folder that the bundles are in */
  constructor(name: string, definition: FunctionDefinition, bundles: string) {
    this.name = name;
    this.#definition = definition;
    this.#bundles = bundles;
  }

  /** @throws what the function throws, or FunctionTimeoutError */
  async invoke(event: unknown): Promise<unknown> {
    const handler = await (this.#handler ??= this.#load());
    const timeoutMs = this.#definition.timeout * 1000;
    const deadline = Date.now() + timeoutMs;
    const context = {
      awsRequestId: crypto.randomUUID(),
      functionName: this.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${this.name}`,
      memoryLimitInMB: '1024',
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new FunctionTimeoutError(`${this.name} timed out after ${this.#definition.timeout} s`)),
      timeoutMs,
    );
    try {
      return await traced(`invoke ${this.name}`, () => Promise.race([handler(event, context), timeout]));
    } finally {
      clearTimeout(timer);
    }
  }

  async #load(): Promise<Handler> {
    const { handler } = this.#definition;
    const path = join(this.#bundles, `${handler.slice(0, -extname(handler).length)}.js`);
    const module = (await import(pathToFileURL(path).href)) as Record<string, Handler>;
    const found = module[extname(handler).slice(1)];
    if (!found) throw new Error(`${basename(path)} exports no ${extname(handler).slice(1)}`);
    return found;
  }
}
