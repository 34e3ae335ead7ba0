import type { ClientEvents } from './client-events.ts';
import type { Emitted, Input } from './effects.ts';
import { Emitter, safely } from './emitter.ts';
import { Machine } from './machine.ts';
import type { Options } from './options.ts';
import { type ForApp, Runner } from './runner.ts';
import { platform } from './runtime.ts';
import { watchWake } from './socket.ts';
import { TIMINGS } from './timings.ts';
import { type FailReason, LiveError, type Message, type State, type Thought } from './types.ts';

const SINCE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,15})?$/;
/** Listeners from the start: `onEvent` and so on. */
const LISTENERS = {
  event: 'onEvent',
  gap: 'onGap',
  relation: 'onRelation',
  refused: 'onRefused',
  state: 'onState',
  error: 'onError',
} as const;

/**
 * Keeps a connection open across network failures, the idle limit, the two-hour limit and the end of the login. It gives each
 * event once and in order, and tells gaps. `LiveClient` adds loops, channel objects, histories and typing.
 */
export class CoreClient extends Emitter<ClientEvents> {
  readonly #options: Options;
  readonly #runner: Runner;
  readonly #calls = new Map<number, { resolve: (frame: never) => void; reject: (error: Error) => void }>();
  #callCount = 0;
  #stopWatching = () => {};
  protected readonly machine: Machine;

  /** @throws LiveError `invalid_since`, `no_websocket` */
  constructor(options: Options) {
    super();
    const { channels = [], since, signal, timings, runtime = platform } = options;
    if (since !== undefined && !SINCE.test(since)) {
      throw new LiveError('invalid_since');
    }
    if (!(options.openSocket ?? globalThis.WebSocket)) throw new LiveError('no_websocket');
    this.#options = options;
    const log = (message: string, details: Record<string, unknown>) => this.#log(message, details);
    this.machine = new Machine({ timings: { ...TIMINGS, ...timings }, random: runtime.random, channels, since });
    this.#runner = new Runner(this.machine, runtime, options, { emit: (effect) => this.#do(effect), log });
    for (const [name, option] of Object.entries(LISTENERS) as [keyof ClientEvents, keyof Options][]) {
      const listener = options[option] as ((...values: ClientEvents[typeof name]) => void) | undefined;
      if (listener) super.on(name, listener);
    }
    if (signal?.aborted) this.machine.step({ type: 'close' }, runtime.now());
    else {
      const close = () => this.close();
      signal?.addEventListener('abort', close);
      const stop = (options.watchWake ?? watchWake)(() => this.put({ type: 'wake' }));
      this.#stopWatching = () => {
        stop();
        signal?.removeEventListener('abort', close);
      };
      this.put({ type: 'start' });
    }
  }

  get state(): State {
    return this.machine.state;
  }

  /** The reason of the state `failed`. */
  get reason(): FailReason | undefined {
    return this.machine.reason;
  }

  /**
   * Resolves when the server has stored the subscription, on this connection or on the next. Every later connection subscribes
   * again. @throws LiveError when the server refuses it, or the client is closed or fails
   */
  subscribe(channel: string): Promise<void> {
    return this.ask((call) => ({ type: 'subscribe', channel, call }));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.ask((call) => ({ type: 'unsubscribe', channel, call }));
  }

  /**
   * Tells the client what the app has read over HTTP. The client then gives only later changes of these, and none twice.
   * @param channel the list in which the app has read the thoughts: other lists may still lack them, and are told as gaps then.
   * Without it, they count for no list. Messages count for their conversation
   * @returns those that are current. A page may be older than an event that was given, and show a changed or deleted thought
   */
  known<Item extends Thought | Message>(items: Item[], channel?: string): Item[] {
    const current = items.filter((item) => this.machine.isCurrent(item));
    this.put({ type: 'known', items, channel });
    return current;
  }

  /** Asks the server at once whether anything was missed. Resolves when it has answered, on this connection or the next. */
  check(): Promise<void> {
    return this.ask((call) => ({ type: 'check', call }));
  }

  /** Closes the connection and opens another. It also works in the state `failed`. */
  reconnect(): void {
    this.put({ type: 'reconnect' });
  }

  close(): void {
    this.put({ type: 'close' });
  }

  protected put(input: Input): void {
    this.#runner.put(input);
  }

  /** @param input makes the input with the number of this call, which the machine answers */
  protected ask<Answer = void>(input: (call: number) => Input): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = ++this.#callCount;
      this.#calls.set(call, { resolve, reject });
      this.put(input(call));
    });
  }

  /** A hook for subclasses: listeners have heard it. */
  protected onEmitted(_emitted: Emitted): void {}

  #log(message: string, details: Record<string, unknown>): void {
    safely(() => this.#options.logger?.(message, details));
  }

  #do(effect: ForApp): void {
    if (effect.type === 'answer') {
      const { call, error, frame } = effect;
      const waiting = this.#calls.get(call);
      this.#calls.delete(call);
      if (error) waiting?.reject(error);
      else waiting?.resolve(frame as never);
      return;
    }
    const { type, values } = effect;
    // A listener has closed the client: what was to be told after that is not.
    if (this.state === 'closed' && values[0] !== 'closed') return;
    if (type === 'error') this.#log(values[0].message, { code: values[0].code });
    if (type === 'state') {
      const [state, reason] = values;
      this.#log(`The client is ${state}`, reason === undefined ? {} : { reason });
      if (state === 'closed') this.#stopWatching();
    }
    this.emit(type, ...(values as never));
    this.onEmitted(effect);
  }
}

/** Opens a connection and keeps it until `close`. @throws LiveError `invalid_since`, `no_websocket` */
export const connect = (options: Options): CoreClient => new CoreClient(options);
