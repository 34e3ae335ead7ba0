import { Channels } from './channels.ts';
import { Connections } from './connections.ts';
import { Context } from './context.ts';
import type { Effect, Input } from './effects.ts';
import { FrameHandler } from './frame-handler.ts';
import { isConversation } from './numbered.ts';
import { Receiver } from './receiver.ts';
import { Requests } from './requests.ts';
import type { Timings } from './timings.ts';
import type { ChannelState, FailReason, State } from './types.ts';
import { Watch } from './watch.ts';

/**
 * The client without its surroundings: an input goes in with the time at which it happened, what is to be done comes
 * out. It has no clock, no timer and no socket of its own; `SPEC.md` has its table of states and transitions.
 */
export class Machine {
  readonly #context: Context;
  readonly #receiver: Receiver;
  readonly #requests: Requests;
  readonly #connections: Connections;
  readonly #watch: Watch;
  readonly #frameHandler: FrameHandler;

  constructor(options: { timings: Timings; random: () => number; channels: string[]; since?: string | undefined }) {
    const { timings, random, channels, since } = options;
    this.#context = new Context(timings, random, new Channels(channels, since));
    this.#receiver = new Receiver(this.#context, since);
    this.#requests = new Requests(this.#context, this.#receiver, (link) => this.#connections.progress(link));
    this.#connections = new Connections(this.#context, this.#requests);
    this.#watch = new Watch(this.#context, this.#receiver, this.#requests, this.#connections);
    this.#frameHandler = new FrameHandler(this.#context, this.#receiver, this.#requests, this.#connections);
  }

  get state(): State {
    return this.#connections.state;
  }

  get reason(): FailReason | undefined {
    return this.#connections.reason;
  }

  get channels(): Channels {
    return this.#context.channels;
  }

  /** Whether the app was given no newer version of it. */
  isCurrent({ id, version }: { id: string; version: number }): boolean {
    return !this.#receiver.order.versions.isOld(id, version);
  }

  channelState(asked: string): ChannelState {
    const { name = '', isWanted = false } = this.#context.channels.get(asked) ?? {};
    if (!isWanted) return 'unsubscribed';
    return this.#context.links().some((link) => link.hears(name)) ? 'subscribed' : 'subscribing';
  }

  /** @param now milliseconds since 1970; it may jump */
  step(input: Input, now: number): Effect[] {
    this.#context.moveTo(now);
    if (this.state === 'closed') this.#afterClose(input);
    else this.#take(input);
    if (this.#context.isDirty) this.#requests.flush();
    return this.#context.effects.splice(0);
  }

  /** The state, and how far the connection is that is being opened: `SPEC.md` goes by this. */
  get situation(): string {
    return this.#context.next ? `${this.state}, ${this.#context.next.phase}` : this.state;
  }

  /** When to come back with `time` at the latest; by the clock of `now`. */
  get wakeAt(): number {
    return this.#context.wakeAt - this.#context.skew;
  }

  #afterClose(input: Input): void {
    if (input.type === 'opened') this.#context.effects.push({ type: 'drop', link: input.link });
    if ('call' in input) this.#context.refuse(input.call, 'closed');
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        this.#connections.dial();
        return;
      case 'time':
        this.#watch.tick();
        return;
      case 'wake':
        this.#wakeUp();
        return;
      case 'ticket':
        this.#connections.ticket(input);
        return;
      case 'no_ticket':
        if (input.link !== this.#context.next?.n || this.#context.next.phase !== 'ticket') return;
        if (input.isSignedOut) this.#connections.fail('signed_out');
        else this.#connections.attemptFailed('no_ticket', input.error);
        return;
      case 'opened':
        this.#connections.opened(input.link);
        return;
      case 'closed':
        this.#connections.closed(input);
        return;
      case 'frame':
        this.#frameHandler.frame(input.link, input.data);
        return;
      case 'known':
        this.#receiver.known(input.items, input.channel);
        return;
      case 'reconnect':
        this.#connections.reconnect();
        return;
      case 'close':
        this.#connections.end('closed');
        return;
      default:
        this.#call(input);
        return;
    }
  }

  /** What the app asks for, and waits for. */
  #call(input: Extract<Input, { call: number }>): void {
    const { call } = input;
    if (this.state === 'failed') {
      this.#context.refuse(call, this.reason ?? 'failed');
      return;
    }
    const link = this.#context.active();
    if (input.type === 'check') {
      if (link?.phase === 'live') this.#requests.check(link, 1, call);
      else this.#context.checks.push(call);
      return;
    }
    if (input.type === 'request') {
      if (link) this.#requests.request(link, input.frame, call);
      else this.#context.refuse(call, 'disconnected');
      return;
    }
    this.#want(input.channel, input.type === 'subscribe', call);
  }

  #want(name: string, isWanted: boolean, call: number): void {
    const known = this.#context.channels.get(name);
    // A conversation comes without a subscription, but only the server knows whether the user is a member.
    if (name === 'timeline' || (!isWanted && (!known || isConversation(name)))) {
      this.#context.answer([call]);
      return;
    }
    const channel = this.#context.channels.want(name);
    // What was asked before is overtaken by this.
    if (known && known.isWanted !== isWanted) {
      this.#context.answer(channel.calls.splice(0));
    }
    channel.isWanted = isWanted;
    channel.calls.push(call);
    if (!isWanted) this.#receiver.holes.recheck();
    const state = this.channelState(name);
    const isOn = this.#context.active()?.subs.get(name) === 'on';
    if (state === 'subscribed' && (isOn || !isConversation(name))) this.#context.answer(channel.calls.splice(0));
    this.#context.emit('channel', channel.name, state);
    if (!isWanted && this.#context.links().length === 0) this.#requests.forget(channel);
    // The app asks again, so the server is asked again.
    channel.retryAt = 0;
    // In a moment, so that many calls in a row take few frames.
    this.#context.wakeIn(0);
  }

  #wakeUp(): void {
    if (this.state === 'waiting') this.#connections.dial();
    else if (this.#context.current) this.#requests.ping(this.#context.current);
  }
}
