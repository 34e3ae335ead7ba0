import { Channels, comesByItself } from './channels.ts';
import { Connections } from './connections.ts';
import { Context } from './context.ts';
import type { Effect, Input } from './effects.ts';
import { Inbox } from './inbox.ts';
import type { Link } from './link.ts';
import { Talk } from './talk.ts';
import type { Timings } from './timings.ts';
import { type ConversationNews, type FailReason, LiveError, type ServerFrame, type State } from './types.ts';

/** A clock that is so late has jumped: the machine has slept. */
const JUMP_MS = 5_000;
/**
 * The client without its surroundings: an input goes in with the time at which it happened, what is to be done comes
 * out. It has no clock, no timer and no socket of its own; `SPEC.md` has its table of states and transitions.
 */
export class Machine {
  readonly #context: Context;
  readonly #inbox: Inbox;
  readonly #talk: Talk;
  readonly #connections: Connections;
  #tickedAt: number | undefined;

  constructor(options: { timings: Timings; random: () => number; channels: string[]; since?: string | undefined }) {
    const { timings, random, channels, since } = options;
    this.#context = new Context(timings, random, new Channels(channels, since));
    this.#inbox = new Inbox(this.#context, since);
    this.#talk = new Talk(this.#context, this.#inbox, (link) => this.#connections.progress(link));
    this.#connections = new Connections(this.#context, this.#talk);
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
    return !this.#inbox.order.isOld(id, version);
  }

  /** @param now milliseconds since 1970; it may jump */
  step(input: Input, now: number): Effect[] {
    this.#context.moveTo(now);
    if (this.state === 'closed') this.#afterClose(input);
    else this.#take(input);
    if (this.#context.isDirty) this.#talk.flush();
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
    if ('call' in input) this.#context.refuse(input.call, 'closed', 'The client was closed');
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        this.#connections.dial();
        return;
      case 'time':
        this.#tick();
        return;
      case 'wake':
        this.#wakeUp();
        return;
      case 'ticket':
        this.#connections.ticket(input);
        return;
      case 'no_ticket':
        if (input.link !== this.#context.next?.n || this.#context.next.phase !== 'ticket') return;
        if (input.isSignedOut) {
          this.#connections.fail('signed_out', 'There is no login');
          return;
        }
        this.#connections.attemptFailed('no_ticket', 'There was no ticket to be had', input.error);
        return;
      case 'opened':
        this.#connections.opened(input.link);
        return;
      case 'closed':
        this.#connections.closed(input);
        return;
      case 'frame':
        this.#frame(input.link, input.data);
        return;
      case 'known':
        this.#inbox.known(input.items);
        return;
      case 'typing':
        if (this.#context.current) this.#talk.typing(this.#context.current, input.conversationId);
        return;
      case 'reconnect':
        this.#connections.reconnect();
        return;
      case 'close':
        this.#connections.end('closed', undefined, 'closed', 'The client was closed');
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
      this.#context.refuse(call, this.reason ?? 'failed', 'The client has failed; reconnect() tries again');
      return;
    }
    const link = this.#context.active();
    if (input.type === 'check') {
      if (link?.phase === 'live') this.#talk.check(link, 1, call);
      else this.#connections.checks.push(call);
      return;
    }
    if (input.type === 'history') {
      if (link) this.#talk.history(link, input.channel, input.before, input.limit, call);
      else this.#context.refuse(call, 'disconnected', 'Not connected');
      return;
    }
    this.#want(input.channel, input.type === 'subscribe', call);
  }

  #want(name: string, isWanted: boolean, call: number): void {
    const known = this.#context.channels.get(name);
    if (comesByItself(name) || (!isWanted && !known)) {
      this.#context.effects.push({ type: 'answer', call });
      return;
    }
    const channel = this.#context.channels.want(name);
    // What was asked before is overtaken by this.
    if (known && known.isWanted !== isWanted) {
      for (const old of channel.calls.splice(0)) this.#context.effects.push({ type: 'answer', call: old });
    }
    channel.isWanted = isWanted;
    channel.calls.push(call);
    if (!isWanted) this.#inbox.recheck();
    const state = isWanted ? 'subscribing' : 'unsubscribed';
    if (isWanted && this.#context.active()?.subs.get(channel.name) === 'on') {
      for (const done of channel.calls.splice(0)) this.#context.effects.push({ type: 'answer', call: done });
    } else this.#context.effects.push({ type: 'channel', channel: channel.name, state });
    if (!isWanted && this.#context.links().length === 0) this.#talk.forget(channel);
    // The app asks again, so the server is asked again.
    channel.retryAt = 0;
    this.#context.changed();
  }

  #tick(): void {
    const { tickMs } = this.#context.timings;
    this.#context.wakeAt = Number.POSITIVE_INFINITY;
    const isJump = this.#tickedAt !== undefined && this.#context.now() - this.#tickedAt > tickMs + JUMP_MS;
    this.#tickedAt = undefined;
    if (isJump) for (const link of this.#context.links()) this.#afterJump(link);
    if (this.#context.retiring && this.#context.retiring.dueAt <= this.#context.now())
      this.#connections.drop(this.#context.retiring);
    if (this.#context.next && !this.#context.next.isOpen && this.#context.next.dueAt <= this.#context.now()) {
      this.#connections.attemptFailed(
        'no_answer',
        `No ${this.#context.next.phase === 'ticket' ? 'ticket' : 'connection'} came in time`,
      );
    }
    for (const link of this.#context.links()) this.#watch(link);
    if (this.#connections.retryAt <= this.#context.now()) this.#connections.dial();
    this.#context.wake(this.#connections.retryAt);
    if (this.#context.next && !this.#context.next.isOpen) this.#context.wake(this.#context.next.dueAt);
    if (this.#context.retiring) this.#context.wake(this.#context.retiring.dueAt);
    if (this.#context.links().length > 0) {
      this.#tickedAt = this.#context.now();
      this.#context.wake(this.#context.now() + tickMs);
    }
    this.#inbox.tick();
    this.#context.changed();
  }

  /** Answers may have come while nobody was there to hear them: everything gets its time anew. */
  #afterJump(link: Link): void {
    link.awaitedSince = undefined;
    for (const asked of link.asked.values()) asked.dueAt = this.#context.now() + this.#context.timings.answerMs;
    this.#talk.heartbeat(link);
  }

  /** One open connection: is it alive, and what is it time for? */
  #watch(link: Link): void {
    const { answerMs, silenceMs } = this.#context.timings;
    const awaited = link.awaitedSince === undefined ? 0 : this.#context.now() - link.awaitedSince;
    if (awaited >= answerMs) {
      this.#connections.lost(link, new LiveError('no_answer', 'The connection is silent'));
      return;
    }
    if (awaited >= answerMs / 2 && !link.isProbed) {
      link.isProbed = true;
      this.#talk.heartbeat(link);
    }
    for (const [id, asked] of link.asked) {
      if (asked.dueAt > this.#context.now()) {
        this.#context.wake(asked.dueAt);
      } else if (link.asked.delete(id)) {
        this.#talk.failed(link, asked, 'no_answer', `There was no answer to ${asked.kind}`);
      }
    }
    if (link === this.#context.current) this.#isTime(link);
    else if (link.checkAt <= this.#context.now() && link.phase === 'joining') this.#talk.check(link, 1);
    else this.#context.wake(link.checkAt);
    const quietAt = link.heardAt + silenceMs - answerMs;
    if (quietAt <= this.#context.now() && link.awaitedSince === undefined) this.#talk.heartbeat(link);
    if (link.awaitedSince === undefined) this.#context.wake(quietAt);
    else this.#context.wake(link.awaitedSince + answerMs / (link.isProbed ? 1 : 2));
  }

  #isTime(link: Link): void {
    // One that is closed soon after each opening is tried less and less often too.
    if (this.#context.now() - link.liveAt >= this.#context.timings.backoffCapMs) this.#connections.attempts = 0;
    if (link.pingAt <= this.#context.now()) this.#talk.ping(link);
    if (link.checkAt <= this.#context.now()) this.#talk.check(link, 1);
    if (link.replaceAt <= this.#context.now() && !this.#context.next) {
      link.replaceAt = Number.POSITIVE_INFINITY;
      this.#connections.isLoginOver = link.isLoginShort;
      this.#connections.dial();
    }
    for (const at of [link.pingAt, link.checkAt, link.replaceAt]) this.#context.wake(at);
  }

  #wakeUp(): void {
    if (this.state === 'waiting') this.#connections.dial();
    else if (this.#context.current) this.#talk.ping(this.#context.current);
  }

  #frame(n: number, data: unknown): void {
    const link = this.#context.links().find((one) => one.n === n);
    if (!link) return;
    link.heardAt = this.#context.now();
    link.isHeard = true;
    link.awaitedSince = undefined;
    link.isProbed = false;
    try {
      this.#hear(link, parsed(data));
    } catch (cause) {
      this.#context.effects.push({
        type: 'error',
        error: new LiveError('unreadable_frame', 'A frame made no sense', { cause }),
      });
    }
  }

  #hear(link: Link, frame: Frame): void {
    const id = 'id' in frame ? frame.id : undefined;
    const asked = id === undefined ? undefined : link.asked.get(id);
    if (frame.type === 'error' && this.#isFatal(link, frame.code, frame.message)) return;
    if (asked && id !== undefined) {
      link.asked.delete(id);
      this.#talk.answered(link, asked, frame as ServerFrame);
      return;
    }
    this.#told(link, frame);
  }

  /** A frame that answers nothing. */
  #told(link: Link, frame: Frame): void {
    if (frame.type === 'events' || frame.type === 'messages') {
      for (const event of frame.events) this.#inbox.receive(event);
    } else if (isNews(frame)) this.#inbox.news(frame);
    else if (frame.type === 'gap') {
      this.#inbox.forgetSources();
      this.#context.onGap({ channel: frame.channel });
    } else if (frame.type === 'relation') {
      const { author, follows, muted } = frame;
      this.#context.effects.push({ type: 'relation', relation: { author, follows, muted } });
      this.#inbox.relation(frame);
    } else if (frame.type === 'error') this.#unaddressed(link, frame.code, frame.message);
    else if (frame.type === undefined && 'message' in frame) this.#unaddressed(link, 'gateway', String(frame.message));
  }

  /** An error that names no request: the gateway's own, which has answered in the function's place. */
  #unaddressed(link: Link, code: string, message: string): void {
    const [[id, asked] = []] = link.asked;
    if (code === 'gateway' && link.asked.size === 1 && id !== undefined && asked) {
      link.asked.delete(id);
      this.#talk.failed(link, asked, 'internal_error', message);
      return;
    }
    this.#context.effects.push({ type: 'error', error: new LiveError(code, message) });
  }

  #isFatal(link: Link, code: string, message: string): boolean {
    if (code === 'replaced' || code === 'signed_out') {
      this.#connections.fail(code, message);
      return true;
    }
    if (code !== 'not_connected' && code !== 'login_expired') return false;
    if (code === 'login_expired') this.#connections.isLoginOver = true;
    // The server has lost this connection, and pushes nothing to it any more.
    if (link === this.#context.retiring) this.#connections.drop(link);
    else this.#connections.lost(link, new LiveError(code, message));
    return true;
  }
}

const isNews = (frame: Frame): frame is ConversationNews => frame.type?.startsWith('conversation.') === true;

/** A server's, or the gateway's own: `{"message", "connectionId", "requestId"}`. */
type Frame = ServerFrame | { type?: undefined; id?: undefined; message?: unknown };

const parsed = (data: unknown): Frame => {
  const frame: unknown = JSON.parse(String(data));
  if (typeof frame !== 'object' || frame === null) throw new TypeError('The frame is no object');
  return frame as Frame;
};
