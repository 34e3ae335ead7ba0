import { HEARTBEAT } from '../../src/protocol/heartbeat.ts';
import { AWS_LIMITS, type GatewayLimits, PerSecond } from '../gateway/limits.ts';
import { routeSelection } from '../gateway/routes.ts';
import type { TokenBucket } from './account.ts';
import { type NetworkRules, Wire } from './network.ts';
import type { Runtime } from './runtime.ts';
import { SimulatedSocket } from './socket.ts';

const routeOf = routeSelection();

type World = Runtime & { after(ms: number, call: () => void): () => void };

/**
 * What @connections answers; `timeout`: no answer in time.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 * @see https://docs.aws.amazon.com/AWSJavaSDK/latest/javadoc/com/amazonaws/services/apigatewaymanagementapi/model/package-summary.html
 */
export type PostAnswer = { status: 200 | 410 | 413 | 429 | 500 } | { status: 'timeout' };

/** What goes wrong with one frame that is posted. */
export type PostFault = 'none' | 'throttled' | 'failed' | 'hangs' | 'lost';

/** After so long, TCP gives up on an end that doesn't answer. */
const TCP_GIVES_UP_MS = 90_000;
const HANG_MS = 1_500;

interface Connection {
  id: string;
  wire: Wire;
  socket: SimulatedSocket;
  connectedAt: number;
  isOpen: boolean;
  usedAt: number;
  cancelIdle: () => void;
  cancelLifetime: () => void;
}

export interface GatewayOptions {
  runtime: World;
  /** The account's rate of requests, which pushes share with its HTTP APIs. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
  requests: TokenBucket;
  limits?: Partial<GatewayLimits>;
  network: NetworkRules;
  /** Invokes the WebSocket function. It throws when the function fails. */
  invoke: (event: unknown) => Promise<unknown>;
  postFault: (connectionId: string, frame: string) => PostFault;
  /** `$disconnect` is best effort. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html */
  dropsDisconnect: () => boolean;
  onFault?: (fault: string, connectionId: string) => void;
  /** Every frame that was accepted for a connection. */
  onPush?: (connectionId: string, frame: string) => void;
}

interface FunctionAnswer {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** API Gateway's WebSocket API: routes to the function, sockets to the devices, @connections for pushes. */
export class SimulatedGateway {
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #connections = new Map<string, Connection>();
  /** Handshakes that `$connect` has not answered yet, and whether the device has left meanwhile. */
  readonly #shaking = new Map<string, { isLeft: boolean }>();
  readonly #handshakes: PerSecond;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#limits = { ...AWS_LIMITS, ...options.limits };
    this.#handshakes = new PerSecond(this.#limits.newConnectionsPerSecond, options.runtime.now);
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /**
   * A device opens a socket. Until `$connect` has answered, the connection does not exist: a post to it answers 410.
   * @param isReachable whether the device has a network at all
   */
  connect(url: string, isReachable: boolean): SimulatedSocket {
    const { network, runtime } = this.#options;
    const wire = new Wire(runtime, network);
    const id = runtime.newId();
    const socket = new SimulatedSocket(runtime, wire, id);
    socket.onMessage = (data) => void this.#message(id, data);
    socket.onClose = (code) => void this.#closed(id, code);
    if (!isReachable) {
      wire.isSilent = true;
      runtime.after(100, () => socket.end(1006));
      return socket;
    }
    wire.carry('up', () => void this.#handshake(id, wire, socket, url));
    return socket;
  }

  /** POST @connections/{id}. */
  async post(id: string, frame: string): Promise<PostAnswer> {
    const { onFault, onPush, postFault, requests, runtime } = this.#options;
    await runtime.sleep(2 + runtime.random() * 8);
    if (!requests.take(runtime.now())) return { status: 429 };
    const fault = postFault(id, frame);
    if (fault !== 'none') onFault?.(`push.${fault}`, id);
    if (fault === 'throttled') return { status: 429 };
    if (fault === 'failed') return { status: 500 };
    if (fault === 'hangs') {
      await runtime.sleep(HANG_MS);
      return { status: 'timeout' };
    }
    const connection = this.#connections.get(id);
    if (!connection?.isOpen) return { status: 410 };
    if (Buffer.byteLength(frame) > this.#limits.messageBytes) return { status: 413 };
    onPush?.(id, frame);
    connection.usedAt = runtime.now();
    if (connection.wire.isSilent) this.#giveUpLater(connection);
    if (fault !== 'lost') connection.wire.carry('down', () => connection.socket.receive(frame));
    return { status: 200 };
  }

  /** DELETE @connections/{id}. */
  async close(id: string): Promise<void> {
    const { runtime } = this.#options;
    await runtime.sleep(2 + runtime.random() * 8);
    const connection = this.#connections.get(id);
    if (connection) this.#end(connection, 1001);
  }

  async #handshake(id: string, wire: Wire, socket: SimulatedSocket, url: string): Promise<void> {
    const { runtime } = this.#options;
    if (!this.#handshakes.take()) return wire.carry('down', () => socket.end(1006));
    const query = Object.fromEntries(new URL(url).searchParams);
    const shaking = { isLeft: false };
    this.#shaking.set(id, shaking);
    const headers = { 'Sec-WebSocket-Protocol': socket.protocols.join(', ') };
    const answer = await this.#invoke({
      ...(socket.protocols.length > 0 && { headers }),
      queryStringParameters: query,
      ...this.#event(id, '$connect', 'CONNECT'),
    });
    this.#shaking.delete(id);
    const status = answer.statusCode ?? 200;
    if (status < 200 || status > 299) return wire.carry('down', () => socket.end(1006));
    // Who has left before the answer was there is disconnected like any other.
    if (shaking.isLeft) return void this.#disconnected(id, 1006);
    const connection: Connection = {
      id,
      wire,
      socket,
      connectedAt: runtime.now(),
      isOpen: true,
      usedAt: runtime.now(),
      cancelIdle: () => {},
      cancelLifetime: runtime.after(this.#limits.lifetimeMs, () => this.#end(connection, 1001)),
    };
    this.#connections.set(id, connection);
    this.#endWhenIdle(connection);
    const protocol = Object.entries(answer.headers ?? {}).find(([name]) => /^sec-websocket-protocol$/i.test(name))?.[1];
    wire.carry('down', () => socket.open(protocol ?? ''));
  }

  async #message(id: string, data: string): Promise<void> {
    const connection = this.#connections.get(id);
    if (!connection?.isOpen) return;
    connection.usedAt = this.#options.runtime.now();
    if (Buffer.byteLength(data) > this.#limits.frameBytes) return this.#end(connection, 1009);
    // A route with a MOCK integration: the function is not asked.
    if (routeOf(data) === HEARTBEAT.action) {
      const told = JSON.stringify(HEARTBEAT.answer);
      return connection.wire.carry('down', () => connection.socket.receive(told));
    }
    const answer = await this.#invoke({ ...this.#event(id, '$default', 'MESSAGE'), body: data });
    const isFault = (answer.statusCode ?? 200) >= 500;
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
    const body = isFault
      ? JSON.stringify({ message: 'Internal server error', connectionId: id, requestId: 'simulated' })
      : answer.body;
    if (body && connection.isOpen) connection.wire.carry('down', () => connection.socket.receive(body));
  }

  async #closed(id: string, code: number): Promise<void> {
    const shaking = this.#shaking.get(id);
    if (shaking) shaking.isLeft = true;
    const connection = this.#connections.get(id);
    if (!connection?.isOpen) return;
    connection.isOpen = false;
    connection.cancelIdle();
    connection.cancelLifetime();
    this.#connections.delete(id);
    await this.#disconnected(id, code);
  }

  async #disconnected(id: string, code: number): Promise<void> {
    if (this.#options.dropsDisconnect()) return this.#options.onFault?.('gateway.no_disconnect', id);
    await this.#invoke({ ...this.#event(id, '$disconnect', 'DISCONNECT', code) });
  }

  #end(connection: Connection, code: number): void {
    connection.wire.carry('down', () => connection.socket.end(code));
    void this.#closed(connection.id, code);
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
  #endWhenIdle(connection: Connection): void {
    const { runtime } = this.#options;
    const leftMs = connection.usedAt + this.#limits.idleMs - runtime.now();
    if (leftMs <= 0) this.#end(connection, 1001);
    else connection.cancelIdle = runtime.after(leftMs, () => this.#endWhenIdle(connection));
  }

  #giveUpLater(connection: Connection): void {
    this.#options.runtime.after(TCP_GIVES_UP_MS, () => void this.#closed(connection.id, 1006));
  }

  async #invoke(event: unknown): Promise<FunctionAnswer> {
    try {
      return ((await this.#options.invoke(event)) ?? {}) as FunctionAnswer;
    } catch {
      return { statusCode: 502 };
    }
  }

  #event(connectionId: string, routeKey: string, eventType: string, code?: number) {
    const { runtime } = this.#options;
    const connectedAt = this.#connections.get(connectionId)?.connectedAt ?? runtime.now();
    return {
      requestContext: {
        routeKey,
        eventType,
        connectionId,
        connectedAt,
        requestTimeEpoch: runtime.now(),
        domainName: 'simulated',
        stage: 'simulated',
        ...(code !== undefined && { disconnectStatusCode: code }),
      },
      isBase64Encoded: false,
    };
  }
}
