import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Clock } from './clock.ts';
import type { GatewayLimits } from './limits.ts';

/** An open connection, with the two cuts that API Gateway makes: after idling, and after its lifetime. */
export class GatewaySocket {
  readonly id: string;
  readonly connectedAt: number;
  lastActiveAt: number;
  readonly userAgent: string | undefined;
  readonly authorizer: Record<string, unknown> | undefined;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: GatewayLimits;
  #cancelIdle = () => {};
  #isClosed = false;
  #isAnsweringPing = false;
  /** The latest ping, which waits until the pong of an earlier ping is sent. */
  #waitingPing: Buffer | undefined;
  readonly #cancelLifetime: () => void;

  constructor(
    id: string,
    socket: WebSocket,
    clock: Clock,
    limits: GatewayLimits,
    caller: Pick<GatewaySocket, 'userAgent' | 'authorizer'>,
  ) {
    this.id = id;
    this.userAgent = caller.userAgent;
    this.authorizer = caller.authorizer;
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.connectedAt = clock.now();
    this.lastActiveAt = this.connectedAt;
    this.#cancelLifetime = clock.after(limits.lifetimeMs, () => socket.close(1001, 'Going away'));
    this.#watchIdle();
    socket.once('close', () => {
      this.#isClosed = true;
      this.#cancelIdle();
      this.#cancelLifetime();
    });
  }

  /** Anything in either direction keeps a connection from idling. */
  touch(): void {
    this.lastActiveAt = this.#clock.now();
    this.#cancelIdle();
    if (!this.#isClosed) this.#watchIdle();
  }

  /**
   * Answers a WebSocket ping. While a pong is being sent, only the latest ping waits for an answer. So a flood of pings
   * uses no memory. https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3
   */
  answerPing(data: Buffer): void {
    this.touch();
    if (this.#isAnsweringPing) {
      this.#waitingPing = data;
      return;
    }
    this.#isAnsweringPing = true;
    this.#socket.pong(data, false, () => {
      this.#isAnsweringPing = false;
      const waiting = this.#waitingPing;
      this.#waitingPing = undefined;
      if (waiting && !this.#isClosed) this.answerPing(waiting);
    });
  }

  send(data: Buffer | string): Promise<void> {
    this.touch();
    return new Promise((resolve, reject) => {
      this.#socket.send(data.toString(), (error) => (error ? reject(error) : resolve()));
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #watchIdle(): void {
    this.#cancelIdle = this.#clock.after(this.#limits.idleMs, () => this.#socket.close(1001, 'Going away'));
  }
}

/** An id as API Gateway makes them. */
export const newConnectionId = (): string => randomBytes(11).toString('base64');
