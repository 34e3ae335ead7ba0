import { type Connection, hasLoginEnded } from '../connections/connection.ts';
import type { ConnectionStore, KnownConnection } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { TicketStore } from '../connections/ticket-store.ts';
import { errorFrame } from '../protocol/error-frame.ts';
import type { ClosingCode } from '../protocol/errors.ts';
import type { ErrorFrame } from '../protocol/server-frames.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Sockets } from './sockets.ts';

interface Dependencies {
  connections: ConnectionStore;
  presence: PresenceStore;
  tickets: TicketStore;
  sockets: Sockets;
  runtime: Pick<Runtime, 'now'>;
}

/** `used_ticket`: another connection has come with the same ticket, and was first. */
export type OpenOutcome = { kind: 'opened' } | { kind: 'invalid_ticket' } | { kind: 'used_ticket' };

/** A connection that may send a frame, or why it may not. */
export type FindOutcome =
  | { kind: 'open'; connection: KnownConnection }
  | { kind: 'not_connected' }
  | { kind: 'login_expired' };

/**
 * All that happens to a connection from its handshake to its end. A connection is a socket of the gateway and, in the table,
 * an item, its subscriptions, and an entry in its user's presence. The order of the writes lets another process finish what
 * one that crashed has begun:
 *
 * - Opening writes the item, then the presence. From then on pushes find the connection, and a missed push is marked on
 *   the item. After a crash between the two nobody finds the item, and it expires with the gateway's two hours.
 * - Closing from this side closes the socket first. The gateway then calls `$disconnect`, which deletes the rest.
 * - Ending deletes the item first. A subscription is added in a transaction with the item, so none is added after this.
 *   Then come the subscriptions, then their mirrors, by which they are found again, and the presence last. What still
 *   stands is found by the next push, whose 410 ends the connection again; or it expires. A presence drops entries older
 *   than two hours when its user connects.
 */
export class ConnectionLifecycle {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Opens the connection of a ticket's holder. A user with too many loses the oldest one. */
  async open(connectionId: string, ticket: string): Promise<OpenOutcome> {
    const { connections, presence, tickets, runtime } = this.#deps;
    const found = await tickets.holderOf(ticket);
    if (found.kind === 'invalid') return { kind: 'invalid_ticket' };
    const { username, authExpiresAt } = found.holder;
    const live = { connectionId, connectedAt: runtime.now(), authExpiresAt };
    await connections.add({ username, ...live });
    const { dropped } = await presence.connected(username, live);
    // Last of all: who is told to come again shortly comes with the same ticket. Of two who come at once, one goes.
    if ((await tickets.redeem(ticket)).kind === 'used') {
      await this.disconnected(connectionId);
      return { kind: 'used_ticket' };
    }
    for (const oldest of dropped) await this.#evict(oldest.connectionId);
    return { kind: 'opened' };
  }

  /** Costs 1 read unit. */
  async find(connectionId: string): Promise<FindOutcome> {
    const { connections, runtime } = this.#deps;
    const connection = await connections.get(connectionId);
    if (!connection) return { kind: 'not_connected' };
    return hasLoginEnded(connection, runtime.now()) ? { kind: 'login_expired' } : { kind: 'open', connection };
  }

  /** Whether younger connections of its user have taken its place, so that no push reaches it. Costs 1 read unit. */
  async isReplaced({ connectionId, username }: Connection): Promise<boolean> {
    const present = await this.#connectionsOf(username);
    return !present.some((one) => one.connectionId === connectionId);
  }

  /** The gateway has told that a socket is closed. */
  async disconnected(connectionId: string): Promise<void> {
    const connection = await this.#deps.connections.remove(connectionId);
    if (connection) await this.#deps.presence.disconnected(connection.username, connectionId);
  }

  /** A push was answered with 410: the socket is closed. */
  async gone({ connectionId, username }: Connection): Promise<void> {
    await this.#deps.connections.remove(connectionId);
    await this.#deps.presence.disconnected(username, connectionId);
  }

  /** Tells a client why, closes its socket, and ends the connection. */
  async close(connection: Connection, code: ClosingCode): Promise<void> {
    await this.closeSocket(connection.connectionId, errorFrame(code));
    await this.gone(connection);
  }

  /** Closes all connections of a user who signs out. @returns how many there were */
  async closeAllOf(username: string): Promise<number> {
    const present = await this.#connectionsOf(username);
    for (const connection of present) await this.close({ username, ...connection }, 'signed_out');
    return present.length;
  }

  /** Closes a socket and leaves the rest to `$disconnect`. @param last the client's last frame */
  async closeSocket(connectionId: string, last: ErrorFrame): Promise<void> {
    await this.#deps.sockets.close(connectionId, JSON.stringify(last));
  }

  /**
   * Ends a connection that the presence has dropped. It never fails: the ticket of the younger one is used up by now, so that could
   * not come again. What still stands ends at its `$disconnect`, or is told at its next ping that it was replaced.
   */
  async #evict(connectionId: string): Promise<void> {
    try {
      await this.closeSocket(connectionId, errorFrame('replaced'));
      await this.#deps.connections.remove(connectionId);
    } catch (error) {
      console.warn(JSON.stringify({ message: 'a replaced connection was not ended', error: String(error) }));
    }
  }

  async #connectionsOf(username: string) {
    const present = await this.#deps.presence.of([username], { consistent: true });
    return present.get(username)?.connections ?? [];
  }
}
