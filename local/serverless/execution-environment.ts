import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FUNCTION_HOST } from './entries.ts';
import type { HandlerFile } from './handler-file.ts';
import type { FunctionError, Invocation, Outcome } from './messages.ts';

/** The function threw, exceeded its timeout, answered more than 6 MB, or its process ended. */
export class FunctionFailedError extends Error {
  readonly code = 'function_failed';
  override readonly name = 'FunctionFailedError';
  readonly trace: string[];

  constructor({ errorMessage, trace }: FunctionError) {
    super(errorMessage);
    this.trace = trace;
  }
}

/** The address at which Node waits for a debugger: https://nodejs.org/en/learn/getting-started/debugging */
const INSPECT = '--inspect-brk=127.0.0.1:9229';

/** A process that runs a handler for one event at a time. The module's state stays between events. */
export class ExecutionEnvironment {
  readonly #child: ChildProcess;
  /** Settles when the handler is loaded, or the process has ended. */
  readonly #loaded: Promise<unknown>;
  #isAlive = true;

  constructor({ path, exported }: HandlerFile, env: Record<string, string>, isInspected: boolean) {
    this.#child = fork(fileURLToPath(FUNCTION_HOST), [path, exported], { env, execArgv: isInspected ? [INSPECT] : [] });
    this.#child.once('exit', () => {
      this.#isAlive = false;
    });
    this.#child.on('error', () => {});
    this.#loaded = new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.once('message', resolve);
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * Runs the handler for one event. The timeout begins when the handler is loaded. After the timeout the process is ended.
   * @throws FunctionFailedError
   */
  async invoke(invocation: Invocation): Promise<unknown> {
    await this.#loaded;
    const child = this.#child;
    const { timeoutMs } = invocation;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const fail = (errorType: string, errorMessage: string) =>
      resolve({ kind: 'failed', error: { errorType, errorMessage, trace: [] } });
    const onExit = () => fail('Runtime.ExitError', `Runtime exited with ${child.exitCode ?? child.signalCode}`);
    const timer =
      timeoutMs === null
        ? undefined
        : setTimeout(() => {
            fail('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`);
            this.end();
          }, timeoutMs);
    child.once('exit', onExit);
    child.once('message', resolve);
    if (this.#isAlive) child.send(invocation, (error) => error && onExit());
    else onExit();
    const outcome = await promise;
    clearTimeout(timer);
    child.off('exit', onExit);
    child.off('message', resolve);
    if (outcome.kind === 'failed') throw new FunctionFailedError(outcome.error);
    return JSON.parse(outcome.json);
  }

  end(): void {
    this.#isAlive = false;
    this.#child.kill('SIGKILL');
  }
}
