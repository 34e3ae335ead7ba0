import { statSync } from 'node:fs';
import { ExecutionEnvironment, FunctionFailedError } from './execution-environment.ts';
import type { HandlerFile } from './handler-file.ts';

export interface FunctionDefinition {
  /** The function's name on AWS. */
  name: string;
  memoryMb: number;
  timeoutMs: number;
  region: string;
  /** The most events at a time. Further events are throttled. */
  reservedConcurrency?: number | undefined;
  environment: Record<string, string>;
  isInspected: boolean;
  /** Finds the handler's file. It is called for each event, because bundlers rewrite the file. */
  file: () => HandlerFile;
}

/** No concurrency was left. The event source mapping recognises the error by its code. */
export class ThrottledError extends Error {
  readonly code = 'throttled';
  override readonly name = 'ThrottledError';
}

/** The most processes of a function without reserved concurrency. Further events wait. */
const MAX_ENVIRONMENTS = 10;

/** A function with its execution environments. Each is a process. A changed handler file gets new processes. */
export class LambdaFunction {
  readonly #definition: FunctionDefinition;
  readonly #report: (message: string) => void;
  readonly #idle: { environment: ExecutionEnvironment; changedAt: number }[] = [];
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(definition: FunctionDefinition, report: (message: string) => void) {
    this.#definition = definition;
    this.#report = report;
  }

  get name(): string {
    return this.#definition.name;
  }

  /** @throws FunctionFailedError, ThrottledError */
  async invoke(event: unknown): Promise<unknown> {
    const { name, memoryMb, region, timeoutMs, isInspected, reservedConcurrency } = this.#definition;
    if (reservedConcurrency !== undefined && this.#busy >= reservedConcurrency)
      throw new ThrottledError(`${name} is throttled`);
    await this.#turn();
    try {
      const file = this.#definition.file();
      const changedAt = statSync(file.path).mtimeMs;
      const environment = this.#take(changedAt) ?? this.#start(file);
      const invocation = {
        event: JSON.stringify(event),
        requestId: crypto.randomUUID(),
        timeoutMs: isInspected ? null : timeoutMs,
        functionName: name,
        memoryMb,
        region,
      };
      try {
        return await environment.invoke(invocation);
      } finally {
        if (environment.isAlive) this.#idle.push({ environment, changedAt });
        else this.#all.delete(environment);
      }
    } catch (error) {
      if (error instanceof FunctionFailedError) this.#report(`${name}: ${error.trace.join('\n') || error.message}`);
      throw error;
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  stop(): void {
    for (const environment of this.#all) environment.end();
    this.#all.clear();
  }

  async #turn(): Promise<void> {
    const { isInspected, reservedConcurrency = MAX_ENVIRONMENTS } = this.#definition;
    const most = isInspected ? 1 : Math.min(reservedConcurrency, MAX_ENVIRONMENTS);
    while (this.#busy >= most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
  }

  /** Takes an idle environment with the present handler file, and ends those with an older one. */
  #take(changedAt: number): ExecutionEnvironment | undefined {
    for (;;) {
      const idle = this.#idle.pop();
      if (!idle) return undefined;
      if (idle.environment.isAlive && idle.changedAt === changedAt) return idle.environment;
      idle.environment.end();
      this.#all.delete(idle.environment);
    }
  }

  #start(file: HandlerFile): ExecutionEnvironment {
    const { environment: env, isInspected } = this.#definition;
    const environment = new ExecutionEnvironment(file, env, isInspected);
    this.#all.add(environment);
    return environment;
  }
}
