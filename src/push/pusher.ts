import pMap from 'p-map';
import type { Ambient } from '../ambient.ts';
import type { Connection } from '../connections/connection-store.ts';
import { backoff } from '../table/backoff.ts';
import { eventFrames, FRAME_BYTES } from './frames.ts';
import type { LiveEvent } from './live-event.ts';
import type { Outbox } from './outbox.ts';
import type { Sockets } from './sockets.ts';

/** API Gateway answers 410 for a socket whose `$connect` has not returned yet, so a young one is asked again. */
const YOUNG_MS = 5_000;
const SOCKETS_AT_ONCE = 64;
const RETRY_BASE_MS = 50;

export interface PushReport {
  /** Frames that reached their socket. */
  sent: number;
  /** Connections that were no more, or whose login had ended, and were forgotten. */
  gone: number;
  /** Connections given up on for now; their clients resume. */
  missed: number;
}

interface Dependencies {
  sockets: Sockets;
  /** Takes every trace of a connection out of the table. */
  forget: (connection: Connection) => Promise<void>;
  ambient: Ambient;
  sleep: (ms: number) => Promise<void>;
}

type Sent = { kind: 'sent'; frames: number } | { kind: 'gone' } | { kind: 'missed' };

/** Sends what an outbox holds: one frame at a time to each connection, many connections side by side. */
export class Pusher {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Never fails: what can't be delivered is counted, and the client's resume repairs it.
   * @param deadline when to give up, in milliseconds since 1970
   */
  async flush(outbox: Outbox, deadline: number): Promise<PushReport> {
    const report: PushReport = { sent: 0, gone: 0, missed: 0 };
    await pMap(
      outbox.take(),
      async ({ connection, events }) => {
        const sent = await this.#send(connection, events, deadline);
        if (sent.kind === 'sent') report.sent += sent.frames;
        else report[sent.kind] += 1;
      },
      { concurrency: SOCKETS_AT_ONCE },
    );
    return report;
  }

  async #send(connection: Connection, events: LiveEvent[], deadline: number): Promise<Sent> {
    const { ambient, sockets } = this.#deps;
    if (connection.authExpiresAt <= ambient.now()) {
      await sockets.close(connection.cid);
      return this.#forget(connection);
    }
    const frames = eventFrames(events);
    for (const frame of frames) {
      const posted = await this.#post(connection, frame, deadline);
      if (posted === 'gone') return this.#forget(connection);
      if (posted === 'busy') return { kind: 'missed' };
      if (posted === 'too_large') return this.#sendSmaller(connection, events, deadline);
    }
    return { kind: 'sent', frames: frames.length };
  }

  /** The gateway takes less than its documented limit: one event a frame then. */
  async #sendSmaller(connection: Connection, events: LiveEvent[], deadline: number): Promise<Sent> {
    let sent = 0;
    for (const frame of eventFrames(events, Math.min(FRAME_BYTES, 1))) {
      const posted = await this.#post(connection, frame, deadline);
      if (posted === 'gone') return this.#forget(connection);
      if (posted !== 'sent') return { kind: 'missed' };
      sent += 1;
    }
    return { kind: 'sent', frames: sent };
  }

  async #post(connection: Connection, frame: string, deadline: number) {
    const { ambient, sleep, sockets } = this.#deps;
    for (let attempt = 0; ; attempt++) {
      const outcome = await sockets.post(connection.cid, frame);
      const isYoung = ambient.now() - connection.connectedAt < YOUNG_MS;
      const mayPass = outcome.kind === 'busy' || (outcome.kind === 'gone' && isYoung);
      if (!mayPass) return outcome.kind;
      const wait = RETRY_BASE_MS + backoff(attempt, ambient.random(), RETRY_BASE_MS);
      if (ambient.now() + wait >= deadline) return 'busy';
      await sleep(wait);
    }
  }

  async #forget(connection: Connection): Promise<Sent> {
    try {
      await this.#deps.forget(connection);
    } catch (error) {
      // The next push to it finds it gone again.
      console.warn(JSON.stringify({ message: 'a gone connection was not forgotten', error: String(error) }));
    }
    return { kind: 'gone' };
  }
}
