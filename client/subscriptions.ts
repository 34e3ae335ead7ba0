import { bringsUnfollowed, type Channel, channelFrames, comesByItself } from './channels.ts';
import type { Context } from './context.ts';
import type { Link } from './link.ts';
import type { Receiver } from './receiver.ts';
import type { Replays } from './replays.ts';
import { REFUSALS, request, retry } from './send.ts';
import { NEVER } from './timings.ts';
import { type ChannelState, LiveError, type ServerFrame } from './types.ts';

/** Characters of a name that no channel has. A frame with it may be so long that API Gateway closes the connection. */
export const TOO_LONG = 1_000;

/** Keeps every open connection subscribed to what is wanted, and to nothing else. */
export class Subscriptions {
  readonly #context: Context;
  readonly #receiver: Receiver;
  readonly #replays: Replays;

  constructor(context: Context, receiver: Receiver, replays: Replays) {
    this.#context = context;
    this.#receiver = receiver;
    this.#replays = replays;
  }

  /** It is wanted no more, or never was to be had. */
  forget(channel: Channel): void {
    const { channels } = this.#context;
    this.#context.answer(channel.calls.splice(0));
    channels.delete(channel);
  }

  /** Asks for all that is wanted and has not been asked for, in as few frames as take it. */
  flush(link: Link): void {
    const { channels } = this.#context;
    const [wanted, unwanted]: [string[], string[]] = [[], []];
    for (const channel of channels) {
      const { name } = channel;
      const sub = link.subs.get(name);
      const isAsked = !comesByItself(name) || channel.calls.length > 0;
      if (name === 'timeline' || this.#context.isWaiting(channel)) continue;
      if (name.length >= TOO_LONG) {
        this.#notSubscribed(link, name, new LiveError('unknown_channel', 'The name is too long', { channel: name }));
        continue;
      }
      if (channel.isWanted && !sub && isAsked) wanted.push(name);
      if (!channel.isWanted && sub === 'on') unwanted.push(name);
      if (!channel.isWanted && this.#context.links().every(({ subs }) => !subs.has(name))) this.forget(channel);
    }
    for (const name of wanted) link.subs.set(name, 'asking');
    for (const name of unwanted) link.subs.set(name, 'leaving');
    for (const frame of channelFrames('subscribe', wanted)) {
      request<'ack'>(this.#context, link, frame, {
        answered: (ack) => this.#subscribed(link, frame.channels, ack),
        failed: (error) => {
          for (const name of frame.channels) this.#notSubscribed(link, name, error);
        },
      });
    }
    for (const frame of channelFrames('unsubscribe', unwanted)) {
      request<'ack'>(this.#context, link, frame, {
        answered: () => {
          for (const name of frame.channels) link.subs.delete(name);
          this.#context.changed();
        },
        failed: () => {
          for (const name of frame.channels) link.subs.set(name, 'on');
          retry(this.#context, frame.channels);
        },
      });
    }
  }

  #subscribed(
    link: Link,
    names: string[],
    { channels: granted, refused }: Extract<ServerFrame, { type: 'ack' }>,
  ): void {
    const { channels } = this.#context;
    const settleAt = this.#replays.settleAt();
    for (const { asked, channel: name } of granted) {
      link.subs.delete(asked);
      link.subs.set(name, 'on');
      const channel = channels.rename(asked, name);
      if (!channel) continue;
      channel.failures = 0;
      this.#granted(channel);
      // What is new has nothing to be replayed; before the server's time is known, the first pong sets it.
      if (this.#receiver.startedAt !== undefined) this.#replays.begin(channel);
      if (bringsUnfollowed(channel.name)) channel.settleAt = settleAt;
    }
    for (const { channel: name, code, message } of refused) {
      this.#notSubscribed(link, name, new LiveError(code, message, { channel: name }));
    }
    // A name that the answer leaves out is asked for again.
    for (const name of names) if (link.subs.get(name) === 'asking') link.subs.delete(name);
    this.#context.changed();
  }

  #notSubscribed(link: Link, name: string, error: LiveError): void {
    const { channels } = this.#context;
    link.subs.delete(name);
    const channel = channels.get(name);
    if (!channel) return;
    if (!REFUSALS.includes(error.code)) {
      retry(this.#context, [name]);
      return;
    }
    this.#context.emit('channel', channel.name, 'refused');
    this.#context.emit('refused', channel.name, error);
    this.#context.answer(channel.calls.splice(0), error);
    // There may be room again by the next connection, which sets the time back.
    if (error.code === 'channel_full') channel.retryAt = NEVER;
    else channels.delete(channel);
    channel.failures++;
    this.#receiver.holes.recheck();
  }

  #granted(channel: Channel): void {
    if (!channel.isWanted) return;
    const state: ChannelState = 'subscribed';
    this.#context.emit('channel', channel.name, state);
    this.#context.answer(channel.calls.splice(0));
  }
}
