import type { Runtime } from '../runtime/runtime.ts';
import type { ConnectionLifecycle } from './connection-lifecycle.ts';
import { EndedConnections } from './ended-connections.ts';
import { MissedPushes } from './missed-pushes.ts';
import type { PushBuffer } from './push-buffer.ts';
import type { Pusher } from './pusher.ts';

/** Events of this time share a frame. */
const GATHER_MS = 250;
/** Retries of one flush end after this time, because the connection's next events wait for them. A replay repairs what was given up. */
const REPEAT_MS = 5_000;
/**
 * Marks of missed pushes are begun until this long after the deadline, in milliseconds. When API Gateway is down, there can be a mark
 * for every connection. An invocation that wrote them all would time out, and come again with all its records, without end.
 */
const MARK_MS = 2_000;
/** Connections are ended until this long after the last push, in milliseconds: a batch does not wait longer for a throttled table. */
const END_MS = 2_000;

export interface PushReport {
  /** Frames that reached their socket. */
  sent: number;
  /** How often a connection was found to be closed, or its login to have ended. */
  gone: number;
  /** How often a connection could not be reached in time; its client replays. */
  missed: number;
}

interface Dependencies {
  pusher: Pusher;
  pushBuffer: PushBuffer;
  runtime: Pick<Runtime, 'now' | 'sleep'>;
  lifecycle: Pick<ConnectionLifecycle, 'close' | 'gone'>;
  /** Notes on a connection of which channels a push was missed. */
  mark: (connectionId: string, channels: string[]) => Promise<void>;
  /** Nothing is sent for the first time after this, in milliseconds since 1970. */
  deadline: number;
}

/**
 * Flushes the push buffer soon after its first event, while the batch is still under way: a record may wait for a busy table
 * until the end of the invocation, and a thought that is in the buffer may be deleted meanwhile. A flush does not wait for the one
 * before it, which may wait for a socket that hangs. The pusher keeps the order of each connection's frames.
 */
export class PushScheduler {
  readonly report: PushReport = { sent: 0, gone: 0, missed: 0 };
  readonly #deps: Dependencies;
  readonly #missed = new MissedPushes();
  readonly #ended = new EndedConnections();
  /** The flushes that were begun. */
  readonly #flushes: Promise<void>[] = [];
  #isOver = false;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    deps.pushBuffer.onFirst = () => void this.#flushSoon();
  }

  async #flushSoon(): Promise<void> {
    await this.#deps.runtime.sleep(GATHER_MS);
    if (!this.#isOver) this.#flushes.push(this.#deliver());
  }

  /** Delivers all that is left, marks what was missed, and ends the connections that are over. */
  async finish(): Promise<PushReport> {
    this.#isOver = true;
    await Promise.all([...this.#flushes, this.#deliver()]);
    const { lifecycle, mark, runtime, deadline } = this.#deps;
    const until = Math.min(deadline, runtime.now() + END_MS);
    await Promise.all([
      this.#missed.write(mark, () => runtime.now() < deadline + MARK_MS),
      this.#ended.end(lifecycle, () => runtime.now() < until),
    ]);
    return this.report;
  }

  async #deliver(): Promise<void> {
    const { pusher, pushBuffer, runtime, deadline } = this.#deps;
    const limits = { deadline, retryUntil: runtime.now() + REPEAT_MS };
    const { sent, ended, missed } = await pusher.flush(pushBuffer, limits);
    for (const connection of ended) this.#ended.add(connection);
    for (const batch of missed) this.#missed.add(batch);
    this.report.sent += sent;
    this.report.gone += ended.length;
    this.report.missed += missed.length;
  }
}
