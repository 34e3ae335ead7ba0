import { Concurrency } from './account.ts';
import { jsonCopy } from './json-copy.ts';
import type { Runtime } from './runtime.ts';

/** An invocation that ended without an answer of the function's. */
export class InvocationError extends Error {
  readonly code: 'crashed' | 'timed_out' | 'function_error' | 'throttled';
  override readonly name = 'InvocationError';

  constructor(code: InvocationError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export type Handler = (event: never, context: never) => Promise<unknown>;

export interface LambdaLimits {
  timeoutMs: number;
  coldStartMs: [number, number];
  /** An environment that had nothing to do for so long is ended. AWS states no number; minutes are usual. */
  idleMs: number;
  /** How far an environment's clock may be off, in either direction. */
  clockSkewMs: number;
}

export const AWS_LAMBDA: Omit<LambdaLimits, 'timeoutMs'> = {
  coldStartMs: [200, 800],
  idleMs: 6 * 60_000,
  clockSkewMs: 0,
};

export interface LambdaOptions {
  runtime: Runtime & { after(ms: number, call: () => void): () => void };
  limits: LambdaLimits;
  /** The account's, or the function's own when some is reserved for it. An invocation above it is throttled. */
  concurrency?: Concurrency;
  /** Makes a function in a fresh environment, with module state of its own. */
  create: (environment: Environment) => Handler;
  /** How likely an environment ends each time that it waits for something. */
  crashRate: () => number;
  onFault?: (fault: string) => void;
}

/**
 * One execution environment: it handles one event at a time, is frozen in between, and may end at any moment.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export class Environment {
  readonly #runtime: Runtime;
  readonly #skewMs: number;
  readonly #crashes: () => boolean;
  #state: 'running' | 'frozen' | 'ended' = 'running';
  /** What became ready while the environment was frozen. */
  #ready: (() => void)[] = [];
  /** Ends the invocation that is under way. */
  end: (error: InvocationError) => void = () => {};

  constructor(runtime: Runtime, skewMs: number, crashes: () => boolean) {
    this.#runtime = runtime;
    this.#skewMs = skewMs;
    this.#crashes = crashes;
  }

  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  now = (): number => this.#runtime.now() + this.#skewMs;
  random = (): number => this.#runtime.random();
  sleep = (ms: number): Promise<void> => this.guard(this.#runtime.sleep(ms));

  /** What the environment waits for. The answer never comes when the environment has ended meanwhile. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#resume(() => resolve(value)),
        (error) => this.#resume(() => reject(error)),
      );
    });
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const call of this.#ready.splice(0)) call();
  }

  kill(): void {
    this.#state = 'ended';
    this.#ready = [];
  }

  #resume(call: () => void): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'frozen') {
      this.#ready.push(call);
    } else if (this.#crashes()) {
      this.kill();
      this.end(new InvocationError('crashed', 'Runtime exited with error: signal: killed'));
    } else {
      call();
    }
  }
}

interface Instance {
  environment: Environment;
  handler: Handler;
  usedAt: number;
}

/** A function with its environments. */
export class LambdaFunction {
  readonly #options: LambdaOptions;
  readonly #concurrency: Concurrency;
  #idle: Instance[] = [];

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? new Concurrency();
  }

  /**
   * Invokes the function and waits for its answer.
   * @throws InvocationError
   */
  async invoke(event: unknown): Promise<unknown> {
    const { limits, runtime } = this.#options;
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    if (!this.#concurrency.begin()) throw new InvocationError('throttled', 'Rate exceeded');
    try {
      const instance = this.#warm() ?? (await this.#start());
      return await this.#run(instance, event, runtime.now() + limits.timeoutMs);
    } finally {
      this.#concurrency.end();
    }
  }

  #warm(): Instance | undefined {
    const { limits, runtime } = this.#options;
    // The environments are in the order of their last use.
    while (this.#idle[0] && runtime.now() - this.#idle[0].usedAt >= limits.idleMs) this.#idle.shift();
    const instance = this.#idle.pop();
    instance?.environment.thaw();
    return instance;
  }

  async #start(): Promise<Instance> {
    const { create, crashRate, limits, onFault, runtime } = this.#options;
    const [least, most] = limits.coldStartMs;
    const skewMs = Math.round((runtime.random() * 2 - 1) * limits.clockSkewMs);
    await runtime.sleep(least + runtime.random() * (most - least));
    const crashes = () => {
      const rate = crashRate();
      const isCrash = rate > 0 && runtime.random() < rate;
      if (isCrash) onFault?.('lambda.crash');
      return isCrash;
    };
    const environment = new Environment(runtime, skewMs, crashes);
    return { environment, handler: create(environment), usedAt: runtime.now() };
  }

  async #run(instance: Instance, event: unknown, endsAt: number): Promise<unknown> {
    const { onFault, runtime } = this.#options;
    const { environment, handler } = instance;
    const context: InvocationContext = { getRemainingTimeInMillis: () => Math.max(0, endsAt - runtime.now()) };
    // An event travels as JSON, and so does the answer; what is no JSON is lost on the way.
    const sent = jsonCopy(event);
    let cancelTimeout = () => {};
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        environment.end = reject;
        cancelTimeout = runtime.after(endsAt - runtime.now(), () => {
          onFault?.('lambda.timeout');
          environment.kill();
          reject(new InvocationError('timed_out', 'Task timed out'));
        });
        handler(sent as never, context as never).then(resolve, (error) =>
          reject(
            new InvocationError('function_error', error instanceof Error ? (error.stack ?? error.message) : error),
          ),
        );
      });
      return jsonCopy(answer);
    } finally {
      cancelTimeout();
      if (!environment.isEnded) {
        environment.freeze();
        instance.usedAt = runtime.now();
        this.#idle.push(instance);
      }
    }
  }
}
