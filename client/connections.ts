import type { Context } from './context.ts';
import type { Input } from './effects.ts';
import { Link } from './link.ts';
import type { Requests } from './requests.ts';
import { NEVER } from './timings.ts';
import { type FailReason, LiveError, type State } from './types.ts';

/** Closes by which a server says that it will not have this client: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const isRefusal = (code: number | undefined): boolean => /^(1003|1007|1008|1009|1010|4...)$/.test(`${code}`);

/** Opens connections, one at a time, hands over from one to the next, and ends for good. */
export class Connections {
  state: State = 'connecting';
  reason: FailReason | undefined;
  /** When to try again. */
  retryAt = NEVER;
  /** How many connections in a row did not hold. */
  attempts = 0;
  /** The next ticket takes a new login. */
  isLoginOver = false;
  readonly #context: Context;
  readonly #requests: Requests;
  #links = 0;
  /** It has been live before: whatever comes now comes after a cut, or is a handover. */
  #wasLive = false;

  constructor(context: Context, requests: Requests) {
    this.#context = context;
    this.#requests = requests;
  }

  dial(): void {
    this.retryAt = NEVER;
    const link = new Link(++this.#links, this.#context.wakeIn(this.#context.timings.answerMs));
    this.#context.next = link;
    if (this.#context.current) {
      // Ping the old connection now. Its answer shows whether it is alive, and names its missed pushes, which the server forgets with it.
      this.#context.current.isHeard = false;
      link.isHandover = true;
      this.#requests.ping(this.#context.current);
    } else this.#setState('connecting');
    this.#context.effects.push({ type: 'ticket', link: link.n, forceRefresh: this.isLoginOver });
    this.isLoginOver = false;
  }

  ticket({ link: n, ticket, loginExpiresAt }: Extract<Input, { type: 'ticket' }>): void {
    const link = this.#context.next;
    if (link?.n !== n || link.phase !== 'ticket') return;
    link.phase = 'opening';
    link.loginEndsAt = loginExpiresAt;
    link.dueAt = this.#context.wakeIn(this.#context.timings.answerMs);
    this.#context.effects.push({ type: 'open', link: n, ticket });
  }

  opened(n: number): void {
    const link = this.#context.next;
    if (link?.n !== n || link.phase !== 'opening') {
      this.#context.effects.push({ type: 'drop', link: n });
      return;
    }
    link.phase = 'joining';
    link.heardAt = this.#context.now();
    this.#requests.join(link);
    this.#context.wakeIn(this.#context.timings.tickMs);
    this.progress(link);
  }

  /** Becomes live when it has all that there is to be had. */
  progress(link: Link): void {
    if (link !== this.#context.next || link.phase !== 'joining' || !this.#requests.isJoined(link)) return;
    const previous = this.#context.current;
    // One that has not answered since is as good as gone.
    const isHandover = link.isHandover && previous?.isHeard === true;
    this.#context.next = undefined;
    this.#context.current = link;
    if (previous && isHandover) this.#retire(previous);
    else if (previous) this.drop(previous);
    this.#live(link);
    // Otherwise a client whose connections are all shorter than `checkMs` would never check.
    if (previous && isHandover) link.checkAt = previous.checkAt;
    this.#setState('live');
    if (!this.#wasLive) this.#requests.begin(link);
    else if (!isHandover) this.#requests.afterCut(link);
    this.#wasLive = true;
    for (const call of this.#context.checks.splice(0)) this.#requests.check(link, 1, call);
  }

  #live(link: Link): void {
    const { pingMs, checkMs, lifetimeMs, loginMarginMs } = this.#context.timings;
    link.phase = 'live';
    link.liveAt = this.#context.now();
    link.pingAt = this.#context.wakeIn(pingMs);
    link.checkAt = this.#context.wakeIn(checkMs);
    link.replaceAt = link.liveAt + lifetimeMs;
    // Whoever has given the same login again has no other: the server closes at its end, and the next ticket comes with the next.
    if (link.loginEndsAt !== undefined && link.loginEndsAt !== this.#context.retiring?.loginEndsAt) {
      const loginIn = link.loginEndsAt - this.#context.serverNow();
      const handoverAt = link.liveAt + Math.max(loginIn - loginMarginMs, loginIn / 2);
      link.isLoginShort = handoverAt < link.replaceAt;
      link.replaceAt = Math.min(link.replaceAt, handoverAt);
    }
    this.#context.wake(link.replaceAt);
  }

  #retire(link: Link): void {
    if (this.#context.retiring) this.drop(this.#context.retiring);
    link.phase = 'retiring';
    link.dueAt = this.#context.wakeIn(this.#context.timings.overlapMs);
    this.#context.retiring = link;
  }

  reconnect(): void {
    this.#dropAll();
    this.reason = undefined;
    this.attempts = 0;
    this.dial();
  }

  closed({ link: n, code, reason }: Extract<Input, { type: 'closed' }>): void {
    if (this.#context.retiring?.n === n) this.#context.retiring = undefined;
    const link = [this.#context.next, this.#context.current].find((one) => one?.n === n);
    if (!link || link.phase === 'ticket') return;
    const detail = [code, reason].join(' ');
    if (isRefusal(code)) this.fail('refused', detail);
    else this.lost(link, new LiveError('disconnected', detail));
  }

  /** A connection is no more, or as good as that. */
  lost(link: Link, error: LiveError): void {
    const wasActive = link === this.#context.active();
    this.drop(link);
    this.#context.emit('error', error);
    // What was asked for on it is lost with it: the next one asks for everything, or the one that is left.
    if (wasActive) this.#context.channels.loseAll();
    if (this.#context.current) {
      if (wasActive) this.#requests.replayAll();
      this.#context.current.replaceAt = this.#context.wakeIn(this.#context.backoff(this.attempts++) * 10);
    } else if (this.#context.next) {
      this.#context.next.isHandover = false;
      this.#setState('connecting');
    } else this.#wait();
  }

  attemptFailed(code: string, cause?: unknown): void {
    if (this.#context.next) this.lost(this.#context.next, new LiveError(code, '', { cause }));
  }

  #wait(): void {
    this.#setState('waiting');
    const { spreadMs } = this.#context.timings;
    const wait = this.attempts === 0 ? this.#context.random() * spreadMs : this.#context.backoff(this.attempts);
    this.attempts++;
    this.retryAt = this.#context.wakeIn(wait);
  }

  fail(reason: FailReason, message?: string): void {
    this.#context.emit('error', new LiveError(reason, message));
    this.end('failed', reason);
  }

  end(state: State, reason?: FailReason): void {
    this.#dropAll();
    this.retryAt = this.#context.wakeAt = NEVER;
    this.#context.channels.loseAll();
    const calls = [...this.#context.channels].flatMap((channel) => channel.calls.splice(0));
    for (const call of [...calls, ...this.#context.checks.splice(0)]) this.#context.refuse(call, reason ?? state);
    this.reason = reason;
    this.#setState(state);
  }

  #dropAll(): void {
    for (const link of [this.#context.next, this.#context.retiring, this.#context.current]) if (link) this.drop(link);
  }

  drop(link: Link): void {
    if (link === this.#context.next) this.#context.next = undefined;
    if (link === this.#context.current) this.#context.current = undefined;
    if (link === this.#context.retiring) this.#context.retiring = undefined;
    for (const asked of link.asked.values()) asked.lost?.();
    if (link.phase !== 'ticket') this.#context.effects.push({ type: 'drop', link: link.n });
  }

  #setState(state: State): void {
    if (state === this.state) return;
    this.state = state;
    if (this.reason === undefined) this.#context.emit('state', state);
    else this.#context.emit('state', state, this.reason);
  }
}
