import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gap, Relation, State, Thought, ThoughtEvent, WebSocketLike } from '../../client/index.ts';
import type { ClientOptions } from './bad-network-run.ts';

const SCRIPT = join(import.meta.dirname, 'virtual_client.py');
const BYTES = 65_536;

/** What the client in Python does. */
type Effect =
  | { type: 'ticket' }
  | { type: 'close' }
  | { type: 'open'; ticket: string }
  | { type: 'send'; text: string }
  | { type: 'tell'; event?: ThoughtEvent; gap?: Gap; relation?: Relation; state?: string };

/** What happens to it. */
type Input =
  | { type: 'ticket'; ticket: string }
  | { type: 'opened' }
  | { type: 'frame'; text: string }
  | { type: 'closed'; code: number }
  | { type: 'known'; channel: string; thoughts: Thought[] };

/**
 * The client of `docs/live_client.py` in a process of its own, on the clock and the sockets that it is given. Node waits until
 * the process has nothing more to do, so that all it does happens in one moment of a virtual time. Needs `python3` and `mkfifo`.
 */
export class VirtualPython {
  readonly #options: ClientOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'virtual-python-'));
  readonly #to: number;
  readonly #from: number;
  #socket: WebSocketLike | undefined;
  #timer: unknown;

  constructor(options: ClientOptions, seed: number) {
    this.#options = options;
    const [to, from] = [join(this.#folder, 'to'), join(this.#folder, 'from')];
    execFileSync('mkfifo', [to, from]);
    // Nobody waits to open one end of a pipe while both are open.
    const both = [openSync(to, 'r+'), openSync(from, 'r+')];
    const [stdin, stdout] = [openSync(to, 'r'), openSync(from, 'w')];
    this.#to = openSync(to, 'w');
    this.#from = openSync(from, 'r');
    spawn('python3', [SCRIPT, String(seed), ...(options.channels ?? [])], {
      stdio: [stdin, stdout, 'inherit'],
      // Sets have the same order in each run.
      env: { ...process.env, PYTHONHASHSEED: '0' },
    });
    for (const pipe of [...both, stdin, stdout]) closeSync(pipe);
    this.#handle();
  }

  known(thoughts: Thought[], channel: string): void {
    this.#put({ type: 'known', channel, thoughts });
  }

  /** The process ends when nothing more can come. */
  close(): void {
    this.#options.runtime.clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    closeSync(this.#to);
    closeSync(this.#from);
    rmSync(this.#folder, { recursive: true });
  }

  #put(...input: Input[]): void {
    writeSync(this.#to, `${JSON.stringify({ now: this.#options.runtime.now(), in: input })}\n`);
    this.#handle();
  }

  /** Waits for its answer, and does what that says. */
  #handle(): void {
    const { runtime } = this.#options;
    const { wake, out } = JSON.parse(this.#line()) as { wake: number | null; out: Effect[] };
    runtime.clearTimeout(this.#timer);
    this.#timer = wake === null ? undefined : runtime.setTimeout(() => this.#put(), wake - runtime.now());
    for (const effect of out) this.#do(effect);
  }

  #do(effect: Effect): void {
    if (effect.type === 'ticket') {
      void this.#options.ticket().then(({ ticket }) => this.#put({ type: 'ticket', ticket }));
    } else if (effect.type === 'open') this.#open(effect.ticket);
    else if (effect.type === 'send') this.#socket?.send(effect.text);
    else if (effect.type === 'close') {
      const socket = this.#socket;
      this.#socket = undefined;
      socket?.close();
    } else {
      const { event, gap, relation, state } = effect;
      if (event) this.#options.onEvent?.(event);
      if (gap) this.#options.onGap?.(gap);
      if (relation) this.#options.onRelation?.(relation);
      if (state) this.#options.onState?.(state as State);
    }
  }

  #open(ticket: string): void {
    const socket = this.#options.openSocket(`wss://simulated/?ticket=${ticket}`, ['deep-thoughts.v1']);
    this.#socket = socket;
    const put = (input: Input) => {
      if (this.#socket === socket) this.#put(input);
    };
    socket.addEventListener('open', () => put({ type: 'opened' }));
    socket.addEventListener('message', ({ data }) => put({ type: 'frame', text: String(data) }));
    socket.addEventListener('close', (event) =>
      put({ type: 'closed', code: (event as { code?: number }).code ?? 1006 }),
    );
  }

  #line(): string {
    const buffer = Buffer.alloc(BYTES);
    let line = '';
    while (!line.endsWith('\n')) {
      const length = readSync(this.#from, buffer);
      if (length === 0) throw new Error('The client in Python has ended');
      line += buffer.toString('utf8', 0, length);
    }
    return line;
  }
}
