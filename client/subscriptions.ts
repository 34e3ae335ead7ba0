import type { SocketSession } from './socket-session.ts';
import { FrameError, type ServerFrame } from './types.ts';
import type { Watermarks } from './watermarks.ts';

const REFUSALS = ['channel_full', 'too_many_subscriptions', 'unknown_channel', 'invalid_request'];
const isRefusal = (error: unknown): error is FrameError => error instanceof FrameError && REFUSALS.includes(error.code);

/** Which channels the present connection has subscribed to. */
export class Subscriptions {
  readonly #marks: Watermarks;
  #session: SocketSession | undefined;
  #acks = new Map<string, Promise<ServerFrame>>();

  /** @param marks names the channels that are wanted */
  constructor(marks: Watermarks) {
    this.#marks = marks;
  }

  begin(session: SocketSession): void {
    this.#session = session;
    this.#acks = new Map();
  }

  /** @throws FrameError when the server refuses the channel, which is asked for no more then */
  async add(channel: string): Promise<void> {
    this.#marks.add(channel);
    const session = this.#session;
    if (!session?.isOpen) return;
    const ack = this.#acks.get(channel) ?? session.request({ action: 'subscribe', channel });
    this.#acks.set(channel, ack);
    try {
      const answer = await ack;
      if (answer.type !== 'ack' || answer.channel === channel) return;
      // The server has another spelling of it.
      this.#acks.set(answer.channel, ack);
      this.#marks.add(answer.channel);
      this.#marks.remove(channel);
    } catch (error) {
      if (isRefusal(error)) this.#marks.remove(channel);
      throw error;
    }
  }

  async remove(channel: string): Promise<void> {
    this.#marks.remove(channel);
    const ack = this.#acks.get(channel);
    this.#acks.delete(channel);
    await ack?.catch(() => {});
    if (this.#session?.isOpen) await this.#session.request({ action: 'unsubscribe', channel });
  }

  /** All that are wanted, also those that come to be while it asks. */
  async addAll(onRefused: (channel: string, error: FrameError) => void): Promise<void> {
    for (const channel of this.#marks.channels) {
      if (channel === 'timeline') continue;
      try {
        await this.add(channel);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onRefused(channel, error);
      }
    }
  }
}
