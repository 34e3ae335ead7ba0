import { Channels, isLoose } from './channels.ts';
import type { Effect, Input } from './effects.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import { Talk } from './talk.ts';
import type { Timings } from './timings.ts';
import { type FailReason, LiveError, type ServerFrame, type State } from './types.ts';

/** A check after a reconnect asks about so many hundreds of authors. */
const CHECK_FRAMES = 3;
/** A clock that is so late has jumped: the machine has slept. */
const JUMP_MS = 5_000;
/** Closes by which a server says that it will not have this client: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const isRefusal = (code: number | undefined): boolean =>
  code !== undefined && ([1003, 1007, 1008, 1010].includes(code) || (code >= 4000 && code <= 4999));

/**
 * The client without its surroundings: an input goes in with the time at which it happened, what is to be done comes
 * out. It has no clock, no timer and no socket of its own; `SPEC.md` has its table of states and transitions.
 */
export class Machine {
  state: State = 'connecting';
  reason: FailReason | undefined;
  readonly channels: Channels;
  readonly inbox: Inbox;
  readonly #talk: Talk;
  readonly #timings: Timings;
  readonly #random: () => number;
  #effects: Effect[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;
  #now = 0;
  /** What the machine's clock, which never goes back, is ahead of the one outside. */
  #skew = 0;
  /** What the server's clock is ahead of the machine's. */
  #serverAhead = 0;
  #tickedAt: number | undefined;
  /** The connection that is live, or was the last to be. */
  #current: Link | undefined;
  /** The one that is being opened: there is never a second. */
  #next: Link | undefined;
  #retiring: Link | undefined;
  #links = 0;
  #attempts = 0;
  #retryAt = Number.POSITIVE_INFINITY;
  /** It has been live before: whatever comes now comes after a cut, or is a handover. */
  #wasLive = false;
  /** Checks that the app has asked for while there was no connection. */
  #checks: number[] = [];

  constructor(options: { timings: Timings; random: () => number; channels: string[]; since?: string | undefined }) {
    this.#timings = options.timings;
    this.#random = options.random;
    this.channels = new Channels(options.channels, options.since);
    const shared = {
      timings: this.#timings,
      channels: this.channels,
      now: () => this.#now,
      serverNow: () => this.#now + this.#serverAhead,
      random: this.#random,
      wake: (at: number) => this.#wake(at),
      changed: () => {
        this.#talk.isDirty = true;
      },
      isConnected: () => this.#active() !== undefined,
      onEvent: (event: Extract<Effect, { type: 'event' }>['event']) =>
        void this.#effects.push({ type: 'event', event }),
      onGap: (gap: Extract<Effect, { type: 'gap' }>['gap']) => void this.#effects.push({ type: 'gap', gap }),
    };
    this.inbox = new Inbox(shared, options.since);
    const machine = this;
    this.#talk = new Talk({
      ...shared,
      inbox: this.inbox,
      get effects() {
        return machine.#effects;
      },
      learnTime: (serverMs) => {
        this.#serverAhead = serverMs - this.#now;
      },
      backoff: (failures) => this.#backoff(failures),
      active: () => this.#active(),
      links: () => this.#open(),
      progress: (link) => this.#progress(link),
    });
  }

  /** @param now milliseconds since 1970; it may jump */
  step(input: Input, now: number): Effect[] {
    // What has been waited for must not take longer because somebody has set the clock back.
    if (now + this.#skew < this.#now) this.#skew = this.#now - now;
    this.#now = now + this.#skew;
    if (this.state === 'closed') this.#afterClose(input);
    else this.#take(input);
    if (this.#talk.isDirty) this.#talk.flush();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** The state, and how far the connection is that is being opened: `SPEC.md` goes by this. */
  get situation(): string {
    return this.#next ? `${this.state}, ${this.#next.phase}` : this.state;
  }

  /** When to come back with `time` at the latest; by the clock of `now`. */
  get wakeAt(): number {
    return this.#wakeAt - this.#skew;
  }

  #afterClose(input: Input): void {
    if (input.type === 'opened') this.#effects.push({ type: 'drop', link: input.link });
    if ('call' in input) this.#refuseCall(input.call, 'closed', 'The client was closed');
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        this.#dial();
        return;
      case 'time':
        this.#tick();
        return;
      case 'wake':
        this.#wakeUp();
        return;
      case 'ticket':
        this.#ticket(input);
        return;
      case 'no_ticket':
        if (input.link !== this.#next?.n || this.#next.phase !== 'ticket') return;
        if (input.isSignedOut) {
          this.#fail('signed_out', 'There is no login');
          return;
        }
        this.#attemptFailed('no_ticket', 'There was no ticket to be had', input.error);
        return;
      case 'opened':
        this.#opened(input.link);
        return;
      case 'closed':
        this.#closed(input);
        return;
      case 'frame':
        this.#frame(input.link, input.data);
        return;
      case 'known':
        this.inbox.known(input.thoughts);
        return;
      case 'reconnect':
        this.#reconnect();
        return;
      case 'close':
        this.#end('closed', undefined, 'closed', 'The client was closed');
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
      this.#refuseCall(call, this.reason ?? 'failed', 'The client has failed; reconnect() tries again');
      return;
    }
    const link = this.#active();
    if (input.type === 'check') {
      if (link?.phase === 'live') this.#talk.check(link, 1, call);
      else this.#checks.push(call);
      return;
    }
    if (input.type === 'history') {
      if (link) this.#talk.history(link, input.channel, input.before, input.limit, call);
      else this.#refuseCall(call, 'disconnected', 'Not connected');
      return;
    }
    this.#want(input.channel, input.type === 'subscribe', call);
  }

  #want(name: string, isWanted: boolean, call: number): void {
    const known = this.channels.get(name);
    if (name === 'timeline' || (!isWanted && !known)) {
      this.#effects.push({ type: 'answer', call });
      return;
    }
    const channel = this.channels.want(name);
    // What was asked before is overtaken by this.
    if (known && known.isWanted !== isWanted) {
      for (const old of channel.calls.splice(0)) this.#effects.push({ type: 'answer', call: old });
    }
    channel.isWanted = isWanted;
    channel.calls.push(call);
    if (!isWanted) this.inbox.recheck();
    const state = isWanted ? 'subscribing' : 'unsubscribed';
    if (isWanted && this.#active()?.subs.get(channel.name) === 'on') {
      for (const done of channel.calls.splice(0)) this.#effects.push({ type: 'answer', call: done });
    } else this.#effects.push({ type: 'channel', channel: channel.name, state });
    if (!isWanted && this.#open().length === 0) this.#talk.forget(channel);
    // The app asks again, so the server is asked again.
    channel.retryAt = 0;
    this.#talk.isDirty = true;
  }

  #dial(): void {
    this.#retryAt = Number.POSITIVE_INFINITY;
    const link = new Link(++this.#links, this.#now + this.#timings.answerMs);
    this.#next = link;
    if (this.#current) {
      // Whether it is alive shows by the time its successor is ready.
      this.#current.isHeard = false;
      link.isHandover = true;
      this.#talk.heartbeat(this.#current);
    } else this.#setState('connecting');
    this.#effects.push({ type: 'ticket', link: link.n });
    this.#wake(link.dueAt);
  }

  #ticket({ link: n, ticket, loginExpiresAt }: Extract<Input, { type: 'ticket' }>): void {
    const link = this.#next;
    if (link?.n !== n || link.phase !== 'ticket') return;
    link.phase = 'opening';
    link.loginEndsAt = loginExpiresAt;
    link.dueAt = this.#now + this.#timings.answerMs;
    this.#wake(link.dueAt);
    this.#effects.push({ type: 'open', link: n, ticket });
  }

  #opened(n: number): void {
    const link = this.#next;
    if (link?.n !== n || link.phase !== 'opening') {
      this.#effects.push({ type: 'drop', link: n });
      return;
    }
    link.phase = 'joining';
    link.heardAt = this.#now;
    this.#talk.join(link);
    this.#wake(this.#now + this.#timings.tickMs);
    this.#progress(link);
  }

  /** Becomes live when it has all that there is to be had. */
  #progress(link: Link): void {
    if (link !== this.#next || link.phase !== 'joining' || !this.#talk.isJoined(link)) return;
    const previous = this.#current;
    // One that has not answered since is as good as gone.
    const isHandover = link.isHandover && previous?.isHeard === true;
    this.#next = undefined;
    this.#current = link;
    this.#live(link);
    if (previous && isHandover) this.#retire(previous);
    else if (previous) this.#drop(previous);
    this.#setState('live');
    if (!isHandover && this.#wasLive) this.#afterCut(link);
    this.#wasLive = true;
    for (const call of this.#checks.splice(0)) this.#talk.check(link, 1, call);
  }

  #live(link: Link): void {
    const { pingMs, checkMs, lifetimeMs, loginMarginMs } = this.#timings;
    link.phase = 'live';
    link.liveAt = this.#now;
    link.pingAt = this.#now + pingMs;
    link.checkAt = this.#now + checkMs;
    const loginIn = link.loginEndsAt === undefined ? lifetimeMs : link.loginEndsAt - this.#now - this.#serverAhead;
    // A login that ends that soon is not handed over: the server closes, and the next ticket comes with the next login.
    const isShort = loginIn <= loginMarginMs;
    link.replaceAt = this.#now + (isShort ? lifetimeMs : Math.min(lifetimeMs, loginIn - loginMarginMs));
    for (const at of [link.pingAt, link.checkAt, link.replaceAt]) this.#wake(at);
  }

  /** A replay shows what was made since, and not which older thought was changed or taken away meanwhile. */
  #afterCut(link: Link): void {
    this.#talk.check(link, CHECK_FRAMES);
    for (const { name, isWanted } of this.channels) {
      if (isWanted && isLoose(name)) this.#effects.push({ type: 'gap', gap: { channel: name } });
    }
  }

  #retire(link: Link): void {
    if (this.#retiring) this.#drop(this.#retiring);
    link.phase = 'retiring';
    link.dueAt = this.#now + this.#timings.overlapMs;
    this.#retiring = link;
    this.#wake(link.dueAt);
  }

  #tick(): void {
    const { tickMs } = this.#timings;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const isJump = this.#tickedAt !== undefined && this.#now - this.#tickedAt > tickMs + JUMP_MS;
    this.#tickedAt = undefined;
    if (isJump) for (const link of this.#open()) this.#afterJump(link);
    if (this.#retiring && this.#retiring.dueAt <= this.#now) this.#drop(this.#retiring);
    if (this.#next && !this.#next.isOpen && this.#next.dueAt <= this.#now) {
      this.#attemptFailed('no_answer', `No ${this.#next.phase === 'ticket' ? 'ticket' : 'connection'} came in time`);
    }
    for (const link of this.#open()) this.#watch(link);
    if (this.#retryAt <= this.#now) this.#dial();
    this.#wake(this.#retryAt);
    if (this.#next && !this.#next.isOpen) this.#wake(this.#next.dueAt);
    if (this.#retiring) this.#wake(this.#retiring.dueAt);
    if (this.#open().length > 0) {
      this.#tickedAt = this.#now;
      this.#wake(this.#now + tickMs);
    }
    this.inbox.tick();
    this.#talk.isDirty = true;
  }

  /** Answers may have come while nobody was there to hear them: everything gets its time anew. */
  #afterJump(link: Link): void {
    link.awaitedSince = undefined;
    for (const asked of link.asked.values()) asked.dueAt = this.#now + this.#timings.answerMs;
    this.#talk.heartbeat(link);
  }

  /** One open connection: is it alive, and what is it time for? */
  #watch(link: Link): void {
    const { answerMs, silenceMs } = this.#timings;
    const awaited = link.awaitedSince === undefined ? 0 : this.#now - link.awaitedSince;
    if (awaited >= answerMs) {
      this.#lost(link, new LiveError('no_answer', 'The connection is silent'));
      return;
    }
    if (awaited >= answerMs / 2 && !link.isProbed) {
      link.isProbed = true;
      this.#talk.heartbeat(link);
    }
    for (const [id, asked] of link.asked) {
      if (asked.dueAt > this.#now) {
        this.#wake(asked.dueAt);
      } else if (link.asked.delete(id)) {
        this.#talk.failed(link, asked, 'no_answer', `There was no answer to ${asked.kind}`);
      }
    }
    if (link === this.#current) this.#isTime(link);
    else if (link.checkAt <= this.#now && link.phase === 'joining') this.#talk.check(link, 1);
    else this.#wake(link.checkAt);
    const quietAt = link.heardAt + silenceMs - answerMs;
    if (quietAt <= this.#now && link.awaitedSince === undefined) this.#talk.heartbeat(link);
    if (link.awaitedSince === undefined) this.#wake(quietAt);
    else this.#wake(link.awaitedSince + answerMs / (link.isProbed ? 1 : 2));
  }

  #isTime(link: Link): void {
    // One that is closed soon after each opening is tried less and less often too.
    if (this.#now - link.liveAt >= this.#timings.backoffCapMs) this.#attempts = 0;
    if (link.pingAt <= this.#now) this.#talk.ping(link);
    if (link.checkAt <= this.#now) this.#talk.check(link, 1);
    if (link.replaceAt <= this.#now && !this.#next) {
      link.replaceAt = Number.POSITIVE_INFINITY;
      this.#dial();
    }
    for (const at of [link.pingAt, link.checkAt, link.replaceAt]) this.#wake(at);
  }

  #wakeUp(): void {
    if (this.state === 'waiting') this.#dial();
    else if (this.#current) this.#talk.ping(this.#current);
  }

  #reconnect(): void {
    for (const link of [this.#next, this.#retiring, this.#current]) if (link) this.#drop(link);
    this.reason = undefined;
    this.#attempts = 0;
    this.#dial();
  }

  #closed({ link: n, code, reason }: Extract<Input, { type: 'closed' }>): void {
    if (this.#retiring?.n === n) this.#retiring = undefined;
    const link = [this.#next, this.#current].find((one) => one?.n === n);
    if (!link || link.phase === 'ticket') return;
    if (isRefusal(code)) {
      this.#fail('refused', `The server closed: ${code} ${reason ?? ''}`.trim());
      return;
    }
    const why = [code, reason].filter(Boolean).join(' ');
    this.#lost(link, new LiveError('disconnected', `The connection was closed${why && `: ${why}`}`));
  }

  /** A connection is no more, or as good as that. */
  #lost(link: Link, error: LiveError): void {
    const wasActive = link === this.#active();
    this.#drop(link);
    this.#effects.push({ type: 'error', error });
    // What was asked for on it is lost with it: the next one asks for everything, or the one that is left.
    if (wasActive) this.channels.loseAll();
    if (this.#current) {
      if (wasActive) this.#talk.replayAll();
      this.#current.replaceAt = this.#now + this.#backoff(this.#attempts++) * 10;
      this.#wake(this.#current.replaceAt);
    } else if (this.#next) {
      this.#next.isHandover = false;
      this.#setState('connecting');
    } else this.#wait();
  }

  #attemptFailed(code: string, message: string, cause?: unknown): void {
    if (this.#next) this.#lost(this.#next, new LiveError(code, message, { cause }));
  }

  #wait(): void {
    this.#setState('waiting');
    const { spreadMs } = this.#timings;
    const wait = this.#attempts === 0 ? this.#random() * spreadMs : this.#backoff(this.#attempts);
    this.#attempts++;
    this.#retryAt = this.#now + wait;
    this.#wake(this.#retryAt);
  }

  #frame(n: number, data: unknown): void {
    const link = this.#open().find((one) => one.n === n);
    if (!link) return;
    link.heardAt = this.#now;
    link.isHeard = true;
    link.awaitedSince = undefined;
    link.isProbed = false;
    try {
      this.#hear(link, parsed(data));
    } catch (cause) {
      this.#effects.push({
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
    if (frame.type === 'events') for (const event of frame.events) this.inbox.receive(event);
    else if (frame.type === 'gap') this.#effects.push({ type: 'gap', gap: { channel: frame.channel } });
    else if (frame.type === 'relation') {
      const { author, follows, muted } = frame;
      this.#effects.push({ type: 'relation', relation: { author, follows, muted } });
      this.inbox.relation(frame);
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
    this.#effects.push({ type: 'error', error: new LiveError(code, message) });
  }

  #isFatal(link: Link, code: string, message: string): boolean {
    if (code === 'replaced' || code === 'signed_out') {
      this.#fail(code, message);
      return true;
    }
    if (code !== 'not_connected' && code !== 'login_expired') return false;
    // The server has lost this connection, and pushes nothing to it any more.
    if (link === this.#retiring) this.#drop(link);
    else this.#lost(link, new LiveError(code, message));
    return true;
  }

  #fail(reason: FailReason, message: string): void {
    this.#effects.push({ type: 'error', error: new LiveError(reason, message) });
    this.#end('failed', reason, reason, message);
  }

  #end(state: State, reason: FailReason | undefined, code: string, message: string): void {
    for (const link of [this.#next, this.#retiring, this.#current]) if (link) this.#drop(link);
    this.#retryAt = this.#wakeAt = Number.POSITIVE_INFINITY;
    this.channels.loseAll();
    const calls = [...this.channels].flatMap((channel) => channel.calls.splice(0));
    for (const call of [...calls, ...this.#checks.splice(0)]) this.#refuseCall(call, code, message);
    this.reason = reason;
    this.#setState(state);
  }

  #refuseCall(call: number, code: string, message: string): void {
    this.#effects.push({ type: 'answer', call, error: new LiveError(code, message) });
  }

  #drop(link: Link): void {
    if (link === this.#next) this.#next = undefined;
    if (link === this.#current) this.#current = undefined;
    if (link === this.#retiring) this.#retiring = undefined;
    for (const asked of link.asked.values()) {
      if (asked.kind === 'check' && asked.call !== undefined) this.#checks.push(asked.call);
      if (asked.kind === 'history') {
        this.#refuseCall(asked.call, 'disconnected', 'The connection was lost');
      }
    }
    if (link.phase !== 'ticket') this.#effects.push({ type: 'drop', link: link.n });
  }

  /** On which a replay is asked for. */
  #active(): Link | undefined {
    return this.#next?.phase === 'joining' ? this.#next : this.#current;
  }

  #open(): Link[] {
    return [this.#next, this.#current, this.#retiring].filter((link) => link?.isOpen === true) as Link[];
  }

  /** Longer each time, and never the same for two clients. */
  #backoff(failures: number): number {
    const { backoffBaseMs, backoffCapMs } = this.#timings;
    return Math.min(backoffCapMs, backoffBaseMs * 2 ** failures) * (0.5 + this.#random() / 2);
  }

  #wake(at: number): void {
    if (at < this.#wakeAt) this.#wakeAt = at;
  }

  #setState(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.#effects.push({ type: 'state', state, reason: this.reason });
  }
}

/** A server's, or the gateway's own: `{"message", "connectionId", "requestId"}`. */
type Frame = ServerFrame | { type?: undefined; id?: undefined; message?: unknown };

const parsed = (data: unknown): Frame => {
  const frame: unknown = JSON.parse(String(data));
  if (typeof frame !== 'object' || frame === null) throw new TypeError('The frame is no object');
  return frame as Frame;
};
