import type { Effect, Input } from './effects.ts';
import type { Machine } from './machine.ts';
import type { Runtime } from './runtime.ts';
import { type SocketOptions, Sockets } from './sockets.ts';
import { NEVER } from './timings.ts';

/** What is for the app, and not for tickets and sockets. */
export type ForApp = Exclude<Effect, { type: 'ticket' | 'open' | 'send' | 'drop' }>;

interface Listener {
  emit: (effect: ForApp) => void;
  log: (message: string, details: Record<string, unknown>) => void;
}

/** Gives a machine what it has not: the time, one timer, tickets and sockets. */
export class Runner {
  readonly #machine: Machine;
  readonly #runtime: Runtime;
  readonly #sockets: Sockets;
  readonly #emit: (effect: ForApp) => void;
  #timer: { handle: unknown; at: number } | undefined;
  readonly #effects: Effect[] = [];
  #isRunning = false;

  constructor(machine: Machine, runtime: Runtime, options: SocketOptions, { emit, log }: Listener) {
    this.#machine = machine;
    this.#runtime = runtime;
    this.#emit = emit;
    this.#sockets = new Sockets(options, (input) => this.put(input), log);
  }

  /** Effects are done in their order, also when one of them makes the app ask for something. */
  put(input: Input): void {
    this.#effects.push(...this.#machine.step(input, this.#runtime.now()));
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (const effect of this.#effects) this.#do(effect);
    this.#effects.length = 0;
    this.#isRunning = false;
    this.#setTimer();
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'ticket':
        void this.#sockets.getTicket(effect.link, effect.forceRefresh);
        return;
      case 'open':
        this.#sockets.open(effect.link, effect.ticket);
        return;
      case 'send':
        this.#sockets.send(effect.link, effect.data);
        return;
      case 'drop':
        this.#sockets.drop(effect.link);
        return;
      default:
        this.#emit(effect);
        return;
    }
  }

  /** One timer for all that the machine waits for. */
  #setTimer(): void {
    const at = this.#machine.wakeAt;
    if (this.#timer && this.#timer.at <= at && at !== NEVER) return;
    if (this.#timer) this.#runtime.clearTimeout(this.#timer.handle);
    this.#timer = undefined;
    if (at === NEVER) return;
    const call = () => {
      this.#timer = undefined;
      this.put({ type: 'time' });
    };
    this.#timer = { at, handle: this.#runtime.setTimeout(call, Math.max(0, at - this.#runtime.now())) };
  }
}
