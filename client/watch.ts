import type { Connections } from './connections.ts';
import type { Context } from './context.ts';
import type { Link } from './link.ts';
import type { Receiver } from './receiver.ts';
import type { Requests } from './requests.ts';
import { NEVER } from './timings.ts';
import { LiveError } from './types.ts';

/** A clock that is so late has jumped: the machine has slept. */
const JUMP_MS = 5_000;
/** What time brings: a dead connection, a request without an answer, a ping, a check, a handover, the next attempt. */
export class Watch {
  readonly #context: Context;
  readonly #receiver: Receiver;
  readonly #requests: Requests;
  readonly #connections: Connections;
  #tickedAt: number | undefined;

  constructor(context: Context, receiver: Receiver, requests: Requests, connections: Connections) {
    this.#context = context;
    this.#receiver = receiver;
    this.#requests = requests;
    this.#connections = connections;
  }

  /** Does what is due, and says when to come back. */
  tick(): void {
    const { tickMs } = this.#context.timings;
    this.#context.wakeAt = NEVER;
    const isJump = this.#tickedAt !== undefined && this.#context.now() - this.#tickedAt > tickMs + JUMP_MS;
    this.#tickedAt = undefined;
    if (isJump) for (const link of this.#context.links()) this.#afterJump(link);
    if (this.#context.retiring && this.#context.retiring.dueAt <= this.#context.now())
      this.#connections.drop(this.#context.retiring);
    if (this.#context.next && !this.#context.next.isOpen && this.#context.next.dueAt <= this.#context.now()) {
      this.#connections.attemptFailed('no_answer');
    }
    for (const link of this.#context.links()) this.#watch(link);
    if (this.#connections.retryAt <= this.#context.now()) this.#connections.dial();
    this.#context.wake(this.#connections.retryAt);
    if (this.#context.next && !this.#context.next.isOpen) this.#context.wake(this.#context.next.dueAt);
    if (this.#context.retiring) this.#context.wake(this.#context.retiring.dueAt);
    if (this.#context.links().length > 0) {
      this.#tickedAt = this.#context.now();
      this.#context.wakeIn(tickMs);
    }
    this.#receiver.tick();
    this.#context.changed();
  }

  /** Answers may have come while nobody was there to hear them: everything gets its time anew. */
  #afterJump(link: Link): void {
    link.awaitedSince = undefined;
    for (const asked of link.asked.values()) asked.dueAt = this.#context.now() + this.#context.timings.answerMs;
    this.#requests.heartbeat(link);
  }

  /** One open connection: is it alive, and what is it time for? */
  #watch(link: Link): void {
    const { answerMs, silenceMs } = this.#context.timings;
    const awaited = link.awaitedSince === undefined ? 0 : this.#context.now() - link.awaitedSince;
    if (awaited >= answerMs) {
      this.#connections.lost(link, new LiveError('no_answer'));
      return;
    }
    if (awaited >= answerMs / 2 && !link.isProbed) {
      link.isProbed = true;
      this.#requests.heartbeat(link);
    }
    for (const [id, asked] of link.asked) {
      if (asked.dueAt > this.#context.now()) {
        this.#context.wake(asked.dueAt);
      } else if (link.asked.delete(id)) {
        this.#requests.failed(link, asked, 'no_answer', asked.action);
      }
    }
    if (link === this.#context.current) this.#isTime(link);
    else if (link.phase === 'joining') this.#isTimeToCheck(link);
    const quietAt = link.heardAt + silenceMs - answerMs;
    if (quietAt <= this.#context.now() && link.awaitedSince === undefined) this.#requests.heartbeat(link);
    if (link.awaitedSince === undefined) this.#context.wake(quietAt);
    else this.#context.wake(link.awaitedSince + answerMs / (link.isProbed ? 1 : 2));
  }

  #isTime(link: Link): void {
    // One that is closed soon after each opening is tried less and less often too.
    if (this.#context.now() - link.liveAt >= this.#context.timings.backoffCapMs) this.#connections.attempts = 0;
    if (link.pingAt <= this.#context.now()) this.#requests.ping(link);
    this.#isTimeToCheck(link);
    if (link.replaceAt <= this.#context.now() && !this.#context.next) {
      link.replaceAt = NEVER;
      this.#connections.isLoginOver = link.isLoginShort;
      this.#connections.dial();
    }
    for (const at of [link.pingAt, link.replaceAt]) this.#context.wake(at);
  }

  /** For the connection in use and for one that joins. A connection that has a successor makes no more checks. */
  #isTimeToCheck(link: Link): void {
    if (link.checkAt <= this.#context.now()) this.#requests.check(link, 1);
    this.#context.wake(link.checkAt);
  }
}
