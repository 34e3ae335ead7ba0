import { bringsUnfollowed, type Channel, idAt, resumeFrames } from './channels.ts';
import type { Context } from './context.ts';
import type { Link } from './link.ts';
import { isConversation } from './numbered.ts';
import type { Receiver } from './receiver.ts';
import { REFUSALS, request, retry } from './send.ts';
import { NEVER } from './timings.ts';
import { LiveError, type ResumeFrom, type ServerFrame } from './types.ts';

/** A replay that failed so often is told as a gap. */
const MAX_FAILURES = 3;
/** The server names every channel by this. */
export const EVERY_CHANNEL = '*';

/** Sees to it that what a channel has missed is replayed, page by page, or told as a gap. */
export class Replays {
  readonly #context: Context;
  readonly #receiver: Receiver;

  constructor(context: Context, receiver: Receiver) {
    this.#context = context;
    this.#receiver = receiver;
  }

  /** Everything that has begun is replayed. */
  replayAll(): void {
    for (const channel of this.#context.channels) {
      if (channel.sure && !channel.isWhole) channel.need = channel.sure;
    }
    this.#context.changed();
  }

  /** Asks for every replay that is wanted, in as few frames as take them. */
  flush(link: Link): void {
    // All that is subscribed in the beginning is replayed together.
    if (link.phase === 'joining' && link.isAsking('subscribe')) return;
    this.#settle();
    const due = [...this.#context.channels].filter(
      (channel) =>
        channel.isWanted &&
        channel.need !== undefined &&
        !channel.replay &&
        link.hears(channel.name) &&
        !this.#context.isWaiting(channel),
    );
    const from = due.map((channel) => {
      // A hole that was noticed before the channel was granted had no id to begin from.
      const since = channel.need || channel.newest;
      channel.replay = { link: link.n, from: since, page: undefined, startedAt: this.#context.now() };
      channel.need = undefined;
      return { channel: channel.name, since };
    });
    this.#ask(link, from);
  }

  #ask(link: Link, from: { channel: string; since: string; page?: string }[]): void {
    for (const frame of resumeFrames(from))
      request<'replay'>(this.#context, link, frame, {
        answered: (replay) => this.#replayed(frame.channels, replay),
        failed: (error) => {
          for (const { channel } of frame.channels) this.#notReplayed(channel, error);
        },
      });
  }

  #replayed(from: ResumeFrom[], { events, messages = [], parts }: Extract<ServerFrame, { type: 'replay' }>): void {
    const receiver = this.#receiver;
    const { channels } = this.#context;
    const starts = from.map(({ channel }) => channels.get(channel)?.replay?.startedAt ?? this.#context.now());
    for (const event of [...events, ...messages]) receiver.replayed(event, Math.min(...starts));
    const link = this.#context.active();
    const rest: { channel: string; since: string; page?: string }[] = [];
    for (const { channel: name, since, page } of from) {
      const channel = channels.get(name);
      const part = parts.find((one) => one.channel === name);
      if (!channel?.replay) continue;
      // What did not fit into this answer is asked for again. An answer that has no part has failed.
      if (!part && parts.length > 0) rest.push({ channel: name, since, ...(page !== undefined && { page }) });
      else if (!part) this.#notReplayed(name, new LiveError('no_answer'));
      else if (part.next !== undefined) rest.push({ channel: name, since, page: part.next });
      else if (part.error) this.#notReplayed(name, new LiveError(part.error.code, part.error.message));
      else this.#complete(channel, part.gap === true);
    }
    if (link) this.#ask(link, rest);
  }

  #notReplayed(name: string, error: LiveError): void {
    const channel = this.#context.channels.get(name);
    if (!channel?.replay) return;
    const { from } = channel.replay;
    channel.failures++;
    if (REFUSALS.includes(error.code) || channel.failures > MAX_FAILURES) {
      // What was asked for makes no sense to the server, or is out of reach: from now on, then.
      channel.newest = idAt(this.#context.serverNow());
      this.#complete(channel, true);
      return;
    }
    channel.replay = undefined;
    this.#context.channels.ask(channel, from);
    retry(this.#context, [name], 0);
  }

  /** A replay is over. */
  #complete(channel: Channel, isGap: boolean): void {
    const startedAt = channel.replay?.startedAt ?? 0;
    channel.replay = undefined;
    this.#context.channels.makeWhole(channel, '');
    if (isGap) this.#receiver.delivery.tell({ channel: channel.name });
    this.#receiver.holes.conclude(channel, startedAt);
    this.#context.changed();
  }

  /** What the server has missed to push is replayed from the last time at which it had missed nothing. */
  replayMissed(missed: string[]): void {
    for (const name of missed) if (isConversation(name)) this.#receiver.delivery.conversation(name);
    for (const channel of this.#context.channels) {
      if (missed.includes(channel.name) || missed.includes(EVERY_CHANNEL)) {
        this.#context.channels.ask(channel, channel.sure);
        this.#context.changed();
        // A replay does not show a change of an older thought of somebody whose numbers are not known.
        if (bringsUnfollowed(channel.name)) this.#receiver.delivery.tellLater({ channel: channel.name });
      } else if (channel.isWhole && channel.mark) channel.sure = channel.mark;
    }
  }

  /**
   * When to replay the channels of an `ack` once more: a few seconds after it, and together, so that few frames take them. An event
   * that was pushed just before the subscription did not come here, and the eventually consistent list may not have shown it. No
   * number tells of an event of an author who comes only by this channel.
   */
  settleAt(): number {
    return this.#context.now() + this.#context.jitter(this.#context.timings.settleMs);
  }

  #settle(): void {
    for (const channel of this.#context.channels) {
      // A channel that is not complete has a replay under way. Its end leads here again.
      if (!channel.isWhole) continue;
      if (channel.settleAt > this.#context.now()) {
        this.#context.wake(channel.settleAt);
        continue;
      }
      channel.settleAt = NEVER;
      this.#context.channels.ask(channel, channel.sure);
    }
  }

  /** From now on: nothing of it is to be replayed. */
  begin(channel: Channel): void {
    if (channel.sure) return;
    this.#context.channels.makeWhole(channel, idAt(this.#context.serverNow()));
    // First events wait for this. Nothing was replayed, so it proves nothing of holes.
    this.#receiver.holes.conclude(channel, 0);
  }
}
