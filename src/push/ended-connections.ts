import pMap from 'p-map';
import type { Connection } from '../connections/connection.ts';
import type { ConnectionLifecycle } from './connection-lifecycle.ts';

const ENDED_AT_ONCE = 16;

/** A connection that a push found to be over. `gone`: its socket is closed. */
export interface Ended {
  connection: Connection;
  reason: 'gone' | 'login_expired';
}

/**
 * The connections that the pushes of one batch found to be over. They are ended behind all pushes: to end one takes several
 * writes, which may wait for a throttled table, and the pushes to live connections would wait with them.
 */
export class EndedConnections {
  readonly #ended = new Map<string, Ended>();

  add(ended: Ended): void {
    this.#ended.set(ended.connection.connectionId, ended);
  }

  /**
   * Ends each of them. It never fails: the next push to one that was left gets 410 again, and ends it then.
   * @param hasTime whether one more may be begun
   */
  async end(lifecycle: Pick<ConnectionLifecycle, 'close' | 'gone'>, hasTime: () => boolean): Promise<void> {
    const all = [...this.#ended.values()];
    this.#ended.clear();
    await pMap(
      all,
      async ({ connection, reason }) => {
        if (!hasTime()) return;
        try {
          if (reason === 'gone') await lifecycle.gone(connection);
          else await lifecycle.close(connection, reason);
        } catch (error) {
          console.warn(JSON.stringify({ message: 'a connection was not ended', error: String(error) }));
        }
      },
      { concurrency: ENDED_AT_ONCE },
    );
  }
}
