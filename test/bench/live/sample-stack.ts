import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers } from '../../../local/dynamodb/answers.ts';
import type { Engine } from '../../../local/dynamodb/engine.ts';
import { engineKind, startEngine } from '../../../local/dynamodb/start-engine.ts';
import { freePort } from '../../../local/ports.ts';
import { compileCache, serverlessCommand } from '../../../local/run-stack.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { freshTable } from '../../support/real-table.ts';

const START_MS = 60_000;

/** serverless-offline with its public stream plugin and the plain sample, in a process of its own. */
export class SampleStack {
  readonly http: string;
  readonly websocket: string;
  readonly #child: ChildProcess;
  readonly #engine: Engine;
  readonly #folder: string;

  private constructor(ports: { http: number; websocket: number }, child: ChildProcess, engine: Engine, folder: string) {
    this.http = `http://127.0.0.1:${ports.http}`;
    this.websocket = `ws://127.0.0.1:${ports.websocket}`;
    this.#child = child;
    this.#engine = engine;
    this.#folder = folder;
  }

  static async start(): Promise<SampleStack> {
    const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
    const { name } = await freshTable(engine.endpoint);
    const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-sample-'));
    const ports = { http: await freePort(), websocket: await freePort(), lambda: await freePort() };
    const child = spawn(process.execPath, [serverlessCommand(), 'offline'], {
      cwd: join(import.meta.dirname, 'sample'),
      env: {
        ...process.env,
        ...compileCache,
        SLS_LOG_LEVEL: 'error',
        HTTP_PORT: String(ports.http),
        WEBSOCKET_PORT: String(ports.websocket),
        LAMBDA_PORT: String(ports.lambda),
        AWS_REGION: 'local',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
        PUSH_URL: `http://127.0.0.1:${ports.websocket}`,
        TABLE_NAME: name,
        CHECKPOINT_FILE: join(folder, 'checkpoints.json'),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const stack = new SampleStack(ports, child, engine, folder);
    try {
      await waitFor('the sample to start', () => answers(stack.http), START_MS);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGKILL');
      await ended;
    }
    await this.#engine.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
