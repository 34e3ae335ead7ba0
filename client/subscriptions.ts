import type { SocketSession } from './socket-session.ts';
import { FrameError } from './types.ts';
import type { Watermarks } from './watermarks.ts';

const REFUSALS = ['channel_full', 'too_many_subscriptions', 'unknown_channel', 'invalid_request'];
const isRefusal = (error: unknown): error is FrameError => error instanceof FrameError && REFUSALS.includes(error.code);

/** Which channels the present connection has subscribed to. */
export class Subscriptions {
  readonly #marks: Watermarks;
  /** What is asked for a channel waits for what was asked before: the server may run two frames side by side. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #session: SocketSession | undefined;
  /** Asked for on this connection, and not asked away. */
  #asked = new Set<string>();

  /** @param marks names the channels that are wanted */
  constructor(marks: Watermarks) {
    this.#marks = marks;
  }

  begin(session: SocketSession): void {
    this.#session = session;
    this.#asked = new Set();
  }

  /** @throws FrameError when the server refuses the channel, which is asked for no more then */
  async add(channel: string): Promise<void> {
    this.#marks.add(channel);
    try {
      await this.#inTurn(channel, () => this.#subscribe(channel));
    } catch (error) {
      if (isRefusal(error)) this.#marks.remove(channel);
      throw error;
    }
  }

  async remove(channel: string): Promise<void> {
    this.#marks.remove(channel);
    await this.#inTurn(channel, async () => {
      if (this.#asked.delete(channel) && this.#session?.isOpen) {
        await this.#session.request({ action: 'unsubscribe', channel });
      }
    });
  }

  /** All that are wanted, also those that come to be while it asks. */
  async addAll(onRefused: (channel: string, error: FrameError) => void): Promise<void> {
    for (const channel of this.#marks.channels) {
      if (channel === 'timeline') continue;
      try {
        await this.#inTurn(channel, () => this.#subscribe(channel));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // There may be room again by the next connection.
        if (error.code !== 'channel_full') this.#marks.remove(channel);
        onRefused(channel, error);
      }
    }
  }

  async #subscribe(channel: string): Promise<void> {
    const session = this.#session;
    if (!session?.isOpen || this.#asked.has(channel)) return;
    this.#asked.add(channel);
    const answer = await session.request({ action: 'subscribe', channel });
    if (answer.type !== 'ack' || answer.channel === channel) return;
    // The server has another spelling of it.
    this.#asked.add(answer.channel);
    this.#marks.add(answer.channel);
    this.#marks.remove(channel);
  }

  #inTurn(channel: string, work: () => Promise<void>): Promise<void> {
    const turn = Promise.resolve(this.#turns.get(channel)).then(work);
    this.#turns.set(
      channel,
      turn.catch(() => {}),
    );
    return turn;
  }
}
