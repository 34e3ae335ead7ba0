import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../tools/support/measure.ts';

export const REGION = 'eu-central-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

const START_MS = 60_000;
const END_MS = 5_000;
const OUTPUT_KEPT = 8_000;

/** An AWS of this machine: one process, in memory, on loopback. */
export class Emulator {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #output = '';

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#child = child;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.#output = (this.#output + data).slice(-OUTPUT_KEPT);
      });
    }
  }

  /**
   * @param python of an environment that has what requirements.txt lists
   * @throws Error with the emulator's own output, when it does not come up
   */
  static async start(python: string): Promise<Emulator> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-aws-'));
    // Without the callers' own AWS settings: the emulator must never ask AWS.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
    const child = spawn(python, [join(import.meta.dirname, 'emulator.py')], {
      env: {
        ...Object.fromEntries(own),
        // Its functions run with the Node that runs this.
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        // Every call is held against the caller's policies.
        AUTH: 'true',
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        MINISTACK_HOST: '127.0.0.1',
        MINISTACK_REGION: REGION,
        LOG_LEVEL: 'WARNING',
        // It unpacks functions there, and leaves them.
        TMPDIR: folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const emulator = new Emulator(child, port, folder);
    try {
      await waitFor('the emulator', () => emulator.#answers(), START_MS);
      return emulator;
    } catch (error) {
      await emulator.stop();
      throw new Error(`${error}\n${emulator.output}`);
    }
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error('The emulator has ended');
    return fetch(`${this.endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
