import type { Input } from './effects.ts';
import { openWebSocket, SUBPROTOCOL, type WebSocketLike } from './socket.ts';

/** The answer of `POST /tickets`. */
export interface Ticket {
  ticket: string;
  /** ISO 8601, or milliseconds since 1970: the next connection takes over before that. */
  loginExpiresAt?: string | number | undefined;
}

/** What the app is asked for. */
export interface TicketRequest {
  /** The login is about to end, or has: get a new one first, whatever the app's own clock says. */
  forceRefresh: boolean;
}

export interface SocketOptions {
  url: string;
  ticket: (request: TicketRequest) => Promise<string | Ticket>;
  openSocket?: (url: string, protocols: string[]) => WebSocketLike;
}

/** The tickets and sockets of a client, by the number of their connection: what happens to them becomes an input. */
export class Sockets {
  readonly #options: SocketOptions;
  readonly #put: (input: Input) => void;
  readonly #log: (message: string, details: Record<string, unknown>) => void;
  readonly #sockets = new Map<number, WebSocketLike>();

  constructor(
    options: SocketOptions,
    put: (input: Input) => void,
    log: (message: string, details: Record<string, unknown>) => void,
  ) {
    this.#options = options;
    this.#put = put;
    this.#log = log;
  }

  async getTicket(link: number, forceRefresh: boolean): Promise<void> {
    // The first is asked for inside the constructor of the client, which must be over before the app's function throws.
    await undefined;
    try {
      const answer = await this.#options.ticket({ forceRefresh });
      const { ticket, loginExpiresAt } = typeof answer === 'string' ? { ticket: answer } : answer;
      const endsAt = typeof loginExpiresAt === 'string' ? Date.parse(loginExpiresAt) : loginExpiresAt;
      this.#put({ type: 'ticket', link, ticket, loginExpiresAt: endsAt });
    } catch (error) {
      const status = (error as { status?: unknown } | undefined)?.status;
      this.#put({ type: 'no_ticket', link, error, isSignedOut: status === 401 || status === 403 });
    }
  }

  open(link: number, ticket: string): void {
    const { url, openSocket = openWebSocket } = this.#options;
    const address = `${url}${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
    try {
      const socket = openSocket(address, [SUBPROTOCOL]);
      this.#sockets.set(link, socket);
      socket.addEventListener('open', () => this.#put({ type: 'opened', link }));
      socket.addEventListener('message', ({ data }) => this.#put({ type: 'frame', link, data }));
      socket.addEventListener('error', (event) => this.#closed(link, undefined, event?.message));
      socket.addEventListener('close', (event) => this.#closed(link, event?.code, event?.reason));
    } catch (error) {
      this.#closed(link, undefined, String(error));
    }
  }

  #closed(link: number, code: number | undefined, reason: string | undefined): void {
    this.#log('A connection was closed', { link, code, reason });
    this.#put({ type: 'closed', link, code, reason });
  }

  send(link: number, data: string): void {
    try {
      this.#sockets.get(link)?.send(data);
    } catch (error) {
      // A socket that is closing: that it is closed is told by itself, or by its silence.
      this.#log('A frame was not sent', { link, error: String(error) });
    }
  }

  drop(link: number): void {
    try {
      this.#sockets.get(link)?.close(1000);
    } catch (error) {
      this.#log('A socket was not closed', { link, error: String(error) });
    }
    this.#sockets.delete(link);
  }
}
