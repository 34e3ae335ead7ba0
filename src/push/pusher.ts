import { type Connection, hasLoginEnded } from '../connections/connection.ts';
import {
  conversationFrame,
  eventFrames,
  gapFrame,
  messageFrames,
  relationFrame,
  SharedFrames,
} from '../protocol/packing.ts';
import { backoff } from '../runtime/backoff.ts';
import type { RateLimiter } from '../runtime/rate-limiter.ts';
import { RecentMap } from '../runtime/recent-map.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import type { Ended } from './ended-connections.ts';
import type { PushBatch, PushBuffer } from './push-buffer.ts';
import { POSTS_AT_ONCE, type Sockets } from './sockets.ts';

/**
 * API Gateway answers 410 for a socket whose `$connect` has not returned yet, so a young one is asked again. Its presence
 * is the last thing that `$connect` writes.
 */
const YOUNG_MS = 2_000;
/** The most connections that one flush works on. */
const CONNECTIONS_AT_ONCE = 64;
/** A frame size so small that each frame holds one event. */
const ONE_EVENT = 1;
const RETRY_BASE_MS = 50;
/** Skip retries for this long after they ran out for a connection. */
const SLOW_MS = 60_000;
/** Remember at most this many such connections. */
const SLOW_CONNECTIONS = 1_000;

/** What came of a flush. */
export interface Flushed {
  /** How many frames reached their socket. */
  sent: number;
  /** Connections that were closed, or whose login has ended: the caller ends them. */
  ended: Ended[];
  /** What could not be sent in time: the caller marks it, and the clients replay. */
  missed: PushBatch[];
}

/** When to stop, in milliseconds since 1970. */
export interface PushLimits {
  /** No frame is sent for the first time after this. */
  deadline: number;
  /** No frame is retried after this. */
  retryUntil: number;
}

interface Dependencies {
  sockets: Sockets;
  runtime: Runtime;
  /** How fast frames may be sent. */
  rateLimiter: RateLimiter;
}

const LATE = { kind: 'late' } as const;

type Sent = { kind: 'sent'; frames: number } | { kind: 'ended'; reason: Ended['reason'] } | { kind: 'missed' };

/** A batch, when those before it to the same connection are done, and what to call when it is done itself. */
interface Turn {
  batch: PushBatch;
  comes: Promise<void> | undefined;
  end: () => void;
}

/**
 * Sends what a push buffer holds: one frame at a time to each connection, many connections side by side. Flushes may run side by side, too:
 * a connection's batches are sent in the order of the flushes, and no other connection waits for one that hangs.
 */
export class Pusher {
  readonly #deps: Dependencies;
  /** Until when each connection counts as slow. */
  readonly #slow = new RecentMap<string, number>(SLOW_CONNECTIONS);
  /** The end of the last batch to each connection that has one under way or waiting. */
  readonly #lastTurns = new Map<string, Promise<void>>();
  /** Limits the requests of all flushes together. */
  readonly #posts = new Semaphore(POSTS_AT_ONCE);

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Never throws. Every connection is tried once until the deadline. Only retries end earlier, so that dead sockets don't delay
   * the live ones behind them.
   */
  async flush(pushBuffer: PushBuffer, limits: PushLimits): Promise<Flushed> {
    const flushed: Flushed = { sent: 0, ended: [], missed: [] };
    const shared = new SharedFrames();
    const taken = pushBuffer.take().map((batch) => this.#turn(batch));
    const turns = taken.values();
    const sendInTurn = async () => {
      for (const { batch, comes, end } of turns) {
        await comes;
        const sent = await this.#send(
          batch,
          [...shared.of(batch.events), ...shared.ofMessages(batch.messages)],
          limits,
        ).finally(end);
        if (sent.kind === 'sent') flushed.sent += sent.frames;
        else if (sent.kind === 'missed') flushed.missed.push(batch);
        else flushed.ended.push({ connection: batch.connection, reason: sent.reason });
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONNECTIONS_AT_ONCE, taken.length) }, sendInTurn));
    return flushed;
  }

  #turn(batch: PushBatch): Turn {
    const { connectionId } = batch.connection;
    const comes = this.#lastTurns.get(connectionId);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurns.set(connectionId, promise);
    const end = () => {
      if (this.#lastTurns.get(connectionId) === promise) this.#lastTurns.delete(connectionId);
      resolve();
    };
    return { batch, comes, end };
  }

  async #send(batch: PushBatch, frames: string[], limits: PushLimits): Promise<Sent> {
    const { runtime } = this.#deps;
    const { connection, gaps, relations, conversationFrames } = batch;
    if (runtime.now() >= limits.deadline) return { kind: 'missed' };
    if (hasLoginEnded(connection, runtime.now())) return { kind: 'ended', reason: 'login_expired' };
    const all = [
      ...frames,
      ...gaps.map(gapFrame),
      ...relations.map(relationFrame),
      ...conversationFrames.map(conversationFrame),
    ];
    for (const frame of all) {
      const posted = await this.#post(connection, frame, limits);
      if (posted === 'gone') return { kind: 'ended', reason: 'gone' };
      if (posted === 'too_large') return this.#sendSmall(batch, frames, limits);
      if (posted === 'busy') this.#slow.set(connection.connectionId, runtime.now() + SLOW_MS);
      if (posted !== 'sent') return { kind: 'missed' };
    }
    return { kind: 'sent', frames: all.length };
  }

  /** The gateway refused a frame under its documented limit: send one event a frame, and give up when that is refused too. */
  async #sendSmall(batch: PushBatch, refused: string[], limits: PushLimits): Promise<Sent> {
    const frames = [...eventFrames(batch.events, ONE_EVENT), ...messageFrames(batch.messages, ONE_EVENT)];
    return frames.length > refused.length ? this.#send(batch, frames, limits) : { kind: 'missed' };
  }

  async #post(connection: Connection, frame: string, { deadline, retryUntil }: PushLimits) {
    const { runtime, rateLimiter, sockets } = this.#deps;
    // A client that does not read is busy each time: it must not delay every batch.
    const isSlow = (this.#slow.get(connection.connectionId) ?? 0) > runtime.now();
    for (let attempt = 0; ; attempt++) {
      if (runtime.now() >= deadline || (await rateLimiter.acquire(1, deadline)).kind === 'late') return 'late';
      const outcome = await this.#posts.run(async () =>
        // Do not start a request that can't end in time.
        runtime.now() < deadline ? sockets.post(connection.connectionId, frame) : LATE,
      );
      const isYoung = runtime.now() - connection.connectedAt < YOUNG_MS;
      const mayPass = outcome.kind === 'busy' || (outcome.kind === 'gone' && isYoung);
      if (!mayPass) return outcome.kind;
      if (isSlow) return 'busy';
      const wait = RETRY_BASE_MS + backoff(attempt, runtime.random(), RETRY_BASE_MS);
      if (runtime.now() + wait >= Math.min(retryUntil, deadline)) return 'busy';
      await runtime.sleep(wait);
    }
  }
}
