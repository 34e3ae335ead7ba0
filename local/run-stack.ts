import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Stack } from './stack.ts';
import type { Answer, Question, StackFigures } from './stack-control.ts';
import type { Span } from './trace.ts';

const START_MS = 60_000;
const ROOT = dirname(import.meta.dirname);

/** The framework's own command line, run by this very Node. */
export const serverlessCommand = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'bin/serverless.js');

/** Where Node keeps what it has compiled: most of a start is the framework's code. */
export const compileCache = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compile') };

/** A whole stack in a process of its own, on free ports, beside any other. */
export class RunningStack {
  readonly stack: Stack;
  readonly #child: ChildProcess;
  readonly #stateDir: string;

  private constructor(stack: Stack, child: ChildProcess, stateDir: string) {
    this.stack = stack;
    this.#child = child;
    this.#stateDir = stateDir;
  }

  /** The same as `npm start`, but for the ports, and without limits of what a person may do: one machine plays many. */
  static async start(args: string[] = [], environment: Record<string, string> = {}): Promise<RunningStack> {
    const stateDir = mkdtempSync(join(tmpdir(), 'deep-thoughts-'));
    const command = [serverlessCommand(), 'offline', '--freePorts', '--state', join(stateDir, 'stack.json'), ...args];
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ...compileCache, SLS_LOG_LEVEL: 'error', LIMITS: 'none', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    const collect = (data: Buffer) => {
      output = (output + data).slice(-8_000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const stack = await new Promise<Stack>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The stack did not start:\n${output}`)), START_MS);
      child.once('exit', (code) => reject(new Error(`The stack ended with ${code}:\n${output}`)));
      child.on('message', (message: { kind?: string; stack?: Stack }) => {
        if (message.kind !== 'ready' || !message.stack) return;
        clearTimeout(timer);
        resolve(message.stack);
      });
    });
    const running = new RunningStack(stack, child, stateDir);
    running.#output = () => output;
    return running;
  }

  #output: () => string = () => '';

  /** The last of what the stack wrote. */
  get output(): string {
    return this.#output();
  }

  /** What the stack says of itself. */
  async figures(): Promise<StackFigures> {
    return (await this.#ask({ kind: 'figures' }, 'figures')).figures;
  }

  /** Ends the faults of a stack that was started with `--faults`. @returns how it was until then */
  async faultsOff(): Promise<StackFigures> {
    return (await this.#ask({ kind: 'faults-off' }, 'figures')).figures;
  }

  /** The spans that the stack has recorded since the last call. The first call starts the recording. */
  async trace(): Promise<Span[]> {
    return (await this.#ask({ kind: 'trace' }, 'trace')).spans;
  }

  #ask<Kind extends Answer['kind']>(question: Question, kind: Kind): Promise<Extract<Answer, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('The stack has ended'));
      const listen = (answer: Answer | { kind: 'ready' }) => {
        if (answer.kind !== kind) return;
        this.#child.off('message', listen).off('exit', end);
        resolve(answer as Extract<Answer, { kind: Kind }>);
      };
      this.#child.on('message', listen).once('exit', end);
      this.#child.send(question);
    });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill(signal);
      await ended;
    }
    rmSync(this.#stateDir, { recursive: true, force: true });
  }
}
