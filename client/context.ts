import type { Channel, Channels } from './channels.ts';
import type { ClientEvents } from './client-events.ts';
import type { Effect, Emitted } from './effects.ts';
import type { Link } from './link.ts';
import { NEVER, type Timings } from './timings.ts';
import { LiveError } from './types.ts';

/** What the parts of a machine share: its time, its connections, its channels, and what is to be done. */
export class Context {
  readonly timings: Timings;
  readonly random: () => number;
  readonly channels: Channels;
  readonly effects: Effect[] = [];
  /** Checks that the app has asked for while there was no connection. */
  readonly checks: number[] = [];
  /** The connection that is live, or was the last to be. */
  current: Link | undefined;
  /** The one that is being opened: there is never a second. */
  next: Link | undefined;
  /** The one that was live before. */
  retiring: Link | undefined;
  /** When to come back, by the machine's clock. */
  wakeAt = NEVER;
  /** What the server's clock is ahead of the machine's. */
  serverAhead = 0;
  /** What the machine's clock, which never goes back, is ahead of the one outside. */
  skew = 0;
  /** Whether there may be something to ask for. */
  isDirty = false;
  #now = 0;

  constructor(timings: Timings, random: () => number, channels: Channels) {
    this.timings = timings;
    this.random = random;
    this.channels = channels;
  }

  /** The machine's clock, in milliseconds. */
  now(): number {
    return this.#now;
  }

  /** @param now milliseconds since 1970, by the clock outside: when it is set back, nothing waits longer */
  moveTo(now: number): void {
    this.skew = Math.max(this.skew, this.#now - now);
    this.#now = now + this.skew;
  }

  /** In milliseconds since 1970. */
  serverNow(): number {
    return this.#now + this.serverAhead;
  }

  /** On which connection a replay is asked for. */
  active(): Link | undefined {
    return this.next?.phase === 'joining' ? this.next : this.current;
  }

  /** Those that are open. */
  links(): Link[] {
    return [this.next, this.current, this.retiring].filter((link) => link?.isOpen === true) as Link[];
  }

  /** Look again at this time. */
  wake(at: number): void {
    if (at < this.wakeAt) this.wakeAt = at;
  }

  /** Look again after so many milliseconds. @returns when that is */
  wakeIn(ms: number): number {
    const at = this.#now + ms;
    this.wake(at);
    return at;
  }

  /** Whether a channel is to be tried again later; it is looked at again then. */
  isWaiting(channel: Channel): boolean {
    if (channel.retryAt <= this.#now) return false;
    this.wake(channel.retryAt);
    return true;
  }

  /** Something may have to be asked for. */
  changed(): void {
    this.isDirty = true;
  }

  /** Longer each time, and never the same for two clients. */
  backoff(failures: number): number {
    const { backoffBaseMs, backoffCapMs } = this.timings;
    return Math.min(backoffCapMs, backoffBaseMs * 2 ** failures) * (0.5 + this.random() / 2);
  }

  /** A random time from 0.75 to 1.25 times `ms`, because many clients must not ask at the same moment. */
  jitter(ms: number): number {
    return ms * (0.75 + this.random() / 2);
  }

  /** Tells the app's listeners. */
  emit<Name extends keyof ClientEvents>(type: Name, ...values: ClientEvents[Name]): void {
    this.effects.push({ type, values } as Emitted);
  }

  /** Answers calls of the app. */
  answer(calls: number[], error?: LiveError): void {
    for (const call of calls) this.effects.push({ type: 'answer', call, error });
  }

  refuse(call: number, code: string): void {
    this.answer([call], new LiveError(code));
  }
}
