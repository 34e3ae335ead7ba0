import { Emitter } from './emitter.ts';
import type { ChannelState, Gap, HistoryPage, MessageEvent, ThoughtEvent } from './types.ts';

export interface ChannelEvents {
  event: [event: ThoughtEvent];
  /** In a conversation's channel. */
  message: [event: MessageEvent];
  gap: [gap: Gap];
  state: [state: ChannelState];
}

/** Where to read on in a channel's past. */
export interface HistoryRequest {
  /** The id of the oldest thought that the app has; the newest come without it. */
  before?: string;
  /** At most 50. */
  limit?: number;
}

/** What a channel asks of its client. */
export interface ChannelHost {
  stateOf(channel: string): ChannelState;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  history(channel: string, request: HistoryRequest): Promise<HistoryPage>;
}

/** One channel, with listeners of its own. Made by `client.channel(name)`. */
export class LiveChannel extends Emitter<ChannelEvents> {
  readonly name: string;
  readonly #host: ChannelHost;
  #isRefused = false;

  constructor(name: string, host: ChannelHost) {
    super();
    this.name = name;
    this.#host = host;
  }

  get state(): ChannelState {
    return this.#isRefused ? 'refused' : this.#host.stateOf(this.name);
  }

  subscribe(): Promise<void> {
    return this.#host.subscribe(this.name);
  }

  unsubscribe(): Promise<void> {
    return this.#host.unsubscribe(this.name);
  }

  /** A page of what the channel held before, newest first. @throws LiveError when not connected, or refused */
  history(request: HistoryRequest = {}): Promise<HistoryPage> {
    return this.#host.history(this.name, request);
  }

  /** For the client: something has happened in this channel. */
  dispatch<Name extends keyof ChannelEvents & string>(name: Name, ...values: ChannelEvents[Name]): void {
    if (name === 'state') this.#isRefused = values[0] === 'refused';
    this.emit(name, ...values);
  }
}
