import type { Input } from './effects.ts';
import { Emitter } from './emitter.ts';
import { type HistoryRequest, LiveChannel } from './live-channel.ts';
import { Machine } from './machine.ts';
import type { ClientEvents, Options } from './options.ts';
import { Queue } from './queue.ts';
import { Runner, type Told } from './runner.ts';
import { platform, type Runtime } from './runtime.ts';
import { watchWake } from './socket.ts';
import { TIMINGS } from './timings.ts';
import {
  type FailReason,
  type Gap,
  type HistoryPage,
  LiveError,
  type LiveItem,
  type Message,
  type State,
  type Thought,
  type ThoughtEvent,
} from './types.ts';

const TYPING_MS = 3_000;
const SINCE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,15})?$/;

/** A connection that is kept: across cuts, the idle limit, the two-hour limit and the end of the login. */
export class LiveClient extends Emitter<ClientEvents> implements AsyncIterable<LiveItem> {
  readonly #options: Options;
  readonly #runtime: Runtime;
  readonly #machine: Machine;
  readonly #runner: Runner;
  readonly #channels = new Map<string, LiveChannel>();
  readonly #calls = new Map<number, { resolve: (page: never) => void; reject: (error: Error) => void }>();
  readonly #queues = new Set<Queue>();
  /** For the first loop: what came before it began. */
  #early: Queue | undefined;
  #callCount = 0;
  #typedAt = 0;
  #stopWatching = () => {};

  /** @throws LiveError `invalid_since` */
  constructor(options: Options) {
    super();
    const { channels = [], since, signal, timings, runtime = platform } = options;
    if (since !== undefined && !SINCE.test(since)) {
      throw new LiveError('invalid_since', '`since` must be the id of an event or of a thought');
    }
    this.#options = options;
    this.#runtime = runtime;
    const log = (message: string, details: Record<string, unknown>) => this.#log(message, details);
    this.#machine = new Machine({ timings: { ...TIMINGS, ...timings }, random: runtime.random, channels, since });
    this.#runner = new Runner(this.#machine, runtime, options, { tell: (effect) => this.#tell(effect), log });
    this.#early = this.#newQueue();
    const { onEvent, onGap, onRelation, onRefused, onState, onError } = options;
    if (onEvent) this.on('event', onEvent);
    if (onGap) this.on('gap', onGap);
    if (onRelation) this.on('relation', onRelation);
    if (onRefused) this.on('refused', onRefused);
    if (onState) this.on('state', onState);
    if (onError) this.on('error', onError);
    if (signal?.aborted) this.#machine.step({ type: 'close' }, runtime.now());
    else {
      signal?.addEventListener('abort', () => this.close(), { once: true });
      this.#stopWatching = (options.watchWake ?? watchWake)(() => this.#runner.put({ type: 'wake' }));
      this.#runner.put({ type: 'start' });
    }
  }

  get state(): State {
    return this.#machine.state;
  }

  /** Why it has failed, in the state `failed`. */
  get reason(): FailReason | undefined {
    return this.#machine.reason;
  }

  /**
   * Resolves when the server has stored the subscription: on this connection, or on the next. It comes anew with each
   * connection after. @throws LiveError when the server refuses it, or the client is closed or fails
   */
  subscribe(channel: string): Promise<void> {
    return this.#ask((call) => ({ type: 'subscribe', channel, call }));
  }

  unsubscribe(channel: string): Promise<void> {
    return this.#ask((call) => ({ type: 'unsubscribe', channel, call }));
  }

  /** A channel with listeners of its own; the same object for the same name. It is not subscribed by this. */
  channel(name: string): LiveChannel {
    const known = this.#channels.get(name);
    if (known) return known;
    const isWanted = this.#machine.channels.isWanted(name);
    const channel = new LiveChannel(name, isWanted ? 'subscribing' : 'unsubscribed', {
      subscribe: (asked) => this.subscribe(asked),
      unsubscribe: (asked) => this.unsubscribe(asked),
      history: (asked, { before, limit }: HistoryRequest) =>
        this.#ask<HistoryPage>((call) => ({ type: 'history', channel: asked, before, limit, call })),
    });
    this.#channels.set(name, channel);
    return channel;
  }

  /**
   * The app has read these by other means: their changes need not come any more, and what follows them is expected.
   * @returns those that are current: a page may be older than an event that was given, and show what was changed or deleted
   */
  known<Item extends Thought | Message>(items: Item[]): Item[] {
    const current = items.filter((item) => this.#machine.isCurrent(item));
    this.#runner.put({ type: 'known', items });
    return current;
  }

  /** Tells the other members that the user types; call it as often as keys are pressed, they hear of it every 3 seconds. */
  typing(conversationId: string): void {
    const now = this.#runtime.now();
    if (now - this.#typedAt < TYPING_MS) return;
    this.#typedAt = now;
    this.#runner.put({ type: 'typing', conversationId });
  }

  /** Asks the server at once whether anything was missed. Resolves when it has answered, on this connection or the next. */
  check(): Promise<void> {
    return this.#ask((call) => ({ type: 'check', call }));
  }

  /** Gives the connection up and opens another; also after a failure. */
  reconnect(): void {
    this.#runner.put({ type: 'reconnect' });
  }

  close(): void {
    this.#runner.put({ type: 'close' });
  }

  /** Events, gaps and relations, one after the other, until `close`. Each loop hears them all. */
  [Symbol.asyncIterator](): AsyncIterableIterator<LiveItem> {
    const queue = this.#early ?? this.#newQueue();
    this.#early = undefined;
    return queue;
  }

  override on<Name extends keyof ClientEvents>(name: Name, listener: (...values: ClientEvents[Name]) => void): this {
    // Who listens needs nothing kept for a loop.
    if (name === 'event') void this.#early?.return();
    if (name === 'event') this.#early = undefined;
    return super.on(name, listener);
  }

  #newQueue(): Queue {
    const queue = new Queue((left) => this.#queues.delete(left));
    this.#queues.add(queue);
    if (this.state === 'closed') queue.end();
    return queue;
  }

  #ask<Answer = void>(input: (call: number) => Input): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = ++this.#callCount;
      this.#calls.set(call, { resolve, reject });
      this.#runner.put(input(call));
    });
  }

  #tell(effect: Told): void {
    switch (effect.type) {
      case 'event':
        this.#give(effect.event);
        return;
      case 'message':
        this.emit('message', effect.event);
        for (const channel of this.#named(effect.event.channels)) channel.tell('message', effect.event);
        this.#queue(effect.event);
        return;
      case 'conversation':
        this.emit('conversation', effect.news);
        this.#queue(effect.news);
        return;
      case 'gap':
        this.#tellGap(effect.gap);
        return;
      case 'relation':
        this.emit('relation', effect.relation);
        this.#queue({ type: 'relation', ...effect.relation });
        return;
      case 'state':
        this.#tellState(effect.state, effect.reason);
        return;
      case 'channel':
        for (const channel of this.#named([effect.channel])) channel.tell('state', effect.state);
        this.emit('channel', effect.channel, effect.state);
        return;
      case 'refused':
        this.emit('refused', effect.channel, effect.error);
        return;
      case 'error':
        this.#log(effect.error.message, { code: effect.error.code });
        this.emit('error', effect.error);
        return;
      case 'answer':
        this.#answer(effect);
        return;
    }
  }

  #give(event: ThoughtEvent): void {
    this.emit('event', event);
    for (const channel of this.#named(event.channels)) channel.tell('event', event);
    this.#queue(event);
  }

  #tellGap(gap: Gap): void {
    this.emit('gap', gap);
    if (gap.channel !== undefined) for (const channel of this.#named([gap.channel])) channel.tell('gap', gap);
    this.#queue({ type: 'gap', ...gap });
  }

  #tellState(state: State, reason: FailReason | undefined): void {
    this.#log(`The client is ${state}`, reason === undefined ? {} : { reason });
    if (state === 'closed') this.#stopWatching();
    if (state === 'closed') for (const queue of this.#queues) queue.end();
    if (state === 'failed') {
      const error = new LiveError(reason ?? state, 'The client has failed');
      for (const queue of this.#queues) queue.end(error);
      this.#queues.clear();
    }
    if (reason === undefined) this.emit('state', state);
    else this.emit('state', state, reason);
  }

  /** The app's channels that go by these names, whatever the app calls them. */
  #named(names: string[]): LiveChannel[] {
    if (this.#channels.size === 0) return [];
    return [...this.#channels.values()].filter(({ name }) =>
      names.includes(this.#machine.channels.get(name)?.name ?? name),
    );
  }

  #queue(item: LiveItem): void {
    for (const queue of this.#queues) queue.push(item);
  }

  #answer({ call, error, page }: Extract<Told, { type: 'answer' }>): void {
    const waiting = this.#calls.get(call);
    this.#calls.delete(call);
    if (error) waiting?.reject(error);
    else waiting?.resolve(page as never);
  }

  #log(message: string, details: Record<string, unknown>): void {
    this.#options.logger?.(message, details);
  }
}

/** Opens a connection and keeps it until `close`. @throws LiveError `invalid_since` */
export const connect = (options: Options): LiveClient => new LiveClient(options);
