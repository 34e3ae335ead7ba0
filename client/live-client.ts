import type { ClientEvents } from './client-events.ts';
import { CoreClient } from './core-client.ts';
import type { Emitted } from './effects.ts';
import { type HistoryRequest, LiveChannel } from './live-channel.ts';
import type { Options } from './options.ts';
import { Queue } from './queue.ts';
import { platform } from './runtime.ts';
import { TOO_LONG } from './subscriptions.ts';
import { type FailReason, type HistoryPage, LiveError, type LiveItem, type State } from './types.ts';

const TYPING_MS = 3_000;

/** The core client with channel objects, loops, histories and typing. */
export class LiveClient extends CoreClient implements AsyncIterable<LiveItem> {
  readonly #now: () => number;
  readonly #channels = new Map<string, LiveChannel>();
  readonly #queues = new Set<Queue>();
  /** For the first loop: what came before it began. */
  #early: Queue | undefined;
  #typedAt = 0;

  /** @throws LiveError `invalid_since`, `no_websocket` */
  constructor(options: Options) {
    super(options);
    this.#now = (options.runtime ?? platform).now;
    // An app that listens needs no queue for a loop.
    if (!options.onEvent) this.#early = this.#newQueue();
  }

  /** A channel with listeners of its own; the same object for the same name. It is not subscribed by this. */
  channel(name: string): LiveChannel {
    const known = this.#channels.get(name);
    if (known) return known;
    const channel = new LiveChannel(name, {
      stateOf: (asked) => this.machine.channelState(asked),
      subscribe: (asked) => this.subscribe(asked),
      unsubscribe: (asked) => this.unsubscribe(asked),
      history: async (asked, { before, limit }: HistoryRequest) => {
        if (`${asked}${before}`.length >= TOO_LONG) throw new LiveError('invalid_request');
        const frame = {
          action: 'history' as const,
          channel: asked,
          ...(before && { before }),
          ...(limit && { limit }),
        };
        const { thoughts, next } = await this.ask<HistoryPage>((call) => ({ type: 'request', frame, call }));
        return { thoughts, ...(next && { next }) };
      },
    });
    this.#channels.set(name, channel);
    return channel;
  }

  /** Tells the other members that the user types; call it as often as keys are pressed, they hear of it every 3 seconds. */
  typing(conversationId: string): void {
    const now = this.#now();
    if (now - this.#typedAt < TYPING_MS || conversationId.length >= TOO_LONG) return;
    this.#typedAt = now;
    const frame = { action: 'typing' as const, conversationId };
    // It is of no use later.
    this.ask((call) => ({ type: 'request', frame, call })).catch(() => {});
  }

  /** Events, gaps and relations, one after the other, until `close`. Each loop hears them all. */
  [Symbol.asyncIterator](): AsyncIterableIterator<LiveItem> {
    const queue = this.#early ?? this.#newQueue();
    this.#early = undefined;
    this.#endIfOver(queue, this.state, this.reason);
    return queue;
  }

  override on<Name extends keyof ClientEvents>(name: Name, listener: (...values: ClientEvents[Name]) => void): this {
    if (name === 'event') this.#listens();
    return super.on(name, listener);
  }

  override once<Name extends keyof ClientEvents>(name: Name, listener: (...values: ClientEvents[Name]) => void): this {
    if (name === 'event') this.#listens();
    return super.once(name, listener);
  }

  #listens(): void {
    void this.#early?.return();
    this.#early = undefined;
  }

  protected override onEmitted(emitted: Emitted): void {
    switch (emitted.type) {
      case 'event':
      case 'message': {
        const [event] = emitted.values;
        for (const channel of this.#named(event.channels)) channel.dispatch(emitted.type, ...(emitted.values as never));
        this.#queue(event);
        return;
      }
      case 'gap': {
        const [gap] = emitted.values;
        if (gap.channel !== undefined) for (const channel of this.#named([gap.channel])) channel.dispatch('gap', gap);
        this.#queue({ type: 'gap', ...gap });
        return;
      }
      case 'conversation':
        this.#queue(emitted.values[0]);
        return;
      case 'relation':
        this.#queue({ type: 'relation', ...emitted.values[0] });
        return;
      case 'channel':
        for (const channel of this.#named([emitted.values[0]])) channel.dispatch('state', emitted.values[1]);
        return;
      case 'state':
        for (const queue of this.#queues) if (queue !== this.#early) this.#endIfOver(queue, ...emitted.values);
        return;
    }
  }

  #newQueue(): Queue {
    const queue = new Queue((left) => this.#queues.delete(left));
    this.#queues.add(queue);
    return queue;
  }

  #endIfOver(queue: Queue, state: State, reason?: FailReason): void {
    if (state !== 'closed' && state !== 'failed') return;
    queue.end(state === 'failed' ? new LiveError(reason ?? state) : undefined);
    this.#queues.delete(queue);
  }

  /** The app's channels that go by these names, whatever the app calls them. */
  #named(names: string[]): LiveChannel[] {
    if (this.#channels.size === 0) return [];
    return [...this.#channels.values()].filter(({ name }) =>
      names.includes(this.machine.channels.get(name)?.name ?? name),
    );
  }

  #queue(item: LiveItem): void {
    for (const queue of this.#queues) queue.push(item);
  }
}

/** Opens a connection and keeps it until `close`. @throws LiveError `invalid_since`, `no_websocket` */
export const connect = (options: Options): LiveClient => new LiveClient(options);
