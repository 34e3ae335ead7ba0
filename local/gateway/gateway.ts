import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Clock, realClock } from './clock.ts';
import { connectEvent, disconnectEvent, messageEvent } from './events.ts';
import { AWS_LIMITS, type GatewayLimits, PerSecond } from './limits.ts';
import { actionOf, decoded, isHandshake } from './requests.ts';
import { end, fail, refuse } from './responses.ts';
import { GatewaySocket, newConnectionId } from './socket.ts';

/** A route of the WebSocket API. */
export interface GatewayRoute {
  /** `$connect`, `$disconnect`, `$default`, or an action. */
  route: string;
  invoke: (event: unknown) => Promise<unknown>;
  /** Whether what the function returns goes back on the socket. */
  answers: boolean;
}

/** What tests may put in the place of an answer of @connections. */
export type PostFault =
  | { kind: 'none' }
  | { kind: 'status'; status: number }
  | { kind: 'hang' }
  | { kind: 'cut' }
  /** Says it was sent, and sends nothing. */
  | { kind: 'swallow' };

export interface GatewayOptions {
  routes: GatewayRoute[];
  stage: string;
  limits?: Partial<GatewayLimits>;
  clock?: Clock;
  report?: (message: string) => void;
  postFault?: (cid: string) => PostFault;
  /** `$disconnect` is best effort on AWS; this leaves one out. */
  dropsDisconnect?: () => boolean;
}

interface Answer {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What API Gateway answers for a function that throws. */
const FUNCTION_FAILED = 502;

const POST_PATH = /^(?:\/[^/]+)?\/@connections\/([^/?]+)/;

/** API Gateway's WebSocket API on a loopback port: routes to functions, @connections for them to push with. */
export class WebSocketGateway {
  readonly #routes: Map<string, GatewayRoute>;
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  readonly #sockets = new Map<string, GatewaySocket>();
  /** The subprotocol that `$connect` has agreed to. */
  readonly #agreed = new WeakMap<IncomingMessage, string | undefined>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: AWS_LIMITS.messageBytes,
    // `ws` drops a connection that sends over 60 pings at once. The socket answers them itself, however many.
    autoPong: false,
    handleProtocols: (_offered, request) => this.#agreed.get(request) ?? false,
  });
  readonly #server: Server;
  /** Handshakes that `$connect` has not answered yet. */
  readonly #shaking = new Set<Duplex>();
  readonly #posts: PerSecond;
  readonly #connects: PerSecond;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#routes = new Map(options.routes.map((route) => [route.route, route]));
    this.#limits = { ...AWS_LIMITS, ...options.limits };
    this.#clock = options.clock ?? realClock;
    this.#posts = new PerSecond(this.#limits.postsPerSecond, this.#clock.now);
    this.#connects = new PerSecond(this.#limits.newConnectionsPerSecond, this.#clock.now);
    // A caller that leaves in the middle of a body, or asks for an address that is none, must not end the process.
    this.#server = createServer((request, response) => this.#manage(request, response).catch(() => response.destroy()));
    this.#server.on('upgrade', (request, socket, head) =>
      this.#upgrade(request, socket, head).catch(() => refuse(socket, 400)),
    );
  }

  /** @returns the port, also when 0 was asked for */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate();
    for (const socket of this.#shaking) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Cuts every socket as a network would: nobody says goodbye. */
  cutAll(): void {
    for (const socket of this.#webSockets.clients) socket.terminate();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#shaking.add(socket);
    socket.once('close', () => this.#shaking.delete(socket));
    const id = newConnectionId();
    if (!isHandshake(request)) return refuse(socket, 400);
    if (!this.#connects.take()) return refuse(socket, 429);
    const connect = this.#routes.get('$connect');
    // Until this returns the connection does not exist, and a post to it answers 410.
    const answer =
      connect && (await this.#invoke(connect, connectEvent(this.#context(id, '$connect', 'CONNECT'), request)));
    const status = answer?.statusCode ?? 200;
    if (status < 200 || status > 299) return refuse(socket, status);
    this.#shaking.delete(socket);
    this.#agreed.set(request, protocolOf(answer));
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(id, webSocket));
  }

  #open(id: string, webSocket: WebSocket): void {
    const socket = new GatewaySocket(id, webSocket, this.#clock, this.#limits);
    this.#sockets.set(id, socket);
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(1003, 'Binary frames are not taken');
      else void this.#message(socket, data);
    });
    webSocket.on('ping', (data) => socket.answerPing(data));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', (code) => void this.#closed(socket, code));
  }

  async #closed(socket: GatewaySocket, code: number): Promise<void> {
    this.#sockets.delete(socket.id);
    const route = this.#routes.get('$disconnect');
    if (!route || this.#options.dropsDisconnect?.()) return;
    await this.#invoke(route, disconnectEvent(this.#context(socket.id, '$disconnect', 'DISCONNECT', socket), code));
  }

  async #message(socket: GatewaySocket, data: RawData): Promise<void> {
    socket.touch();
    const text = data.toString();
    // A client's library sends a message as one frame, and API Gateway takes no larger ones.
    if (Buffer.byteLength(text) > this.#limits.frameBytes) return socket.close(1009, 'Frame too large');
    const action = actionOf(text);
    // `$connect` and its like are no actions, whatever a client calls its own.
    const route = (action.startsWith('$') ? undefined : this.#routes.get(action)) ?? this.#routes.get('$default');
    if (!route) return;
    const answer = await this.#invoke(
      route,
      messageEvent(this.#context(socket.id, route.route, 'MESSAGE', socket), text),
    );
    if ((answer.statusCode ?? 200) >= 500) {
      const message = { message: 'Internal server error', connectionId: socket.id, requestId: crypto.randomUUID() };
      await socket.send(JSON.stringify(message)).catch(() => {});
    } else if (route.answers && answer.body) {
      await socket.send(answer.body).catch(() => {});
    }
  }

  /** @connections: POST sends, GET tells, DELETE closes. */
  async #manage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoded = POST_PATH.exec(request.url ?? '')?.[1];
    if (encoded === undefined) return fail(response, 403);
    const id = decoded(encoded);
    if (id === undefined) return fail(response, 400);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!this.#posts.take()) return fail(response, 429);
    const fault: PostFault =
      request.method === 'POST' ? (this.#options.postFault?.(id) ?? { kind: 'none' }) : { kind: 'none' };
    if (fault.kind === 'hang') return;
    if (fault.kind === 'status') return fail(response, fault.status);
    const socket = this.#sockets.get(id);
    if (!socket) return fail(response, 410);
    if (fault.kind === 'cut') socket.close(1011, 'Cut');
    if (request.method === 'DELETE') {
      socket.close(1000, 'Connection closed by the server');
      return end(response, 204);
    }
    if (request.method === 'GET') {
      const at = (ms: number) => new Date(ms).toISOString();
      return end(response, 200, {
        connectedAt: at(socket.connectedAt),
        lastActiveAt: at(socket.lastActiveAt),
        identity: { sourceIp: '127.0.0.1', userAgent: '' },
      });
    }
    const body = Buffer.concat(chunks);
    if (body.length > this.#limits.messageBytes) return fail(response, 413);
    if (fault.kind !== 'swallow') {
      const isSent = await socket.send(body).then(
        () => true,
        () => false,
      );
      if (!isSent) return fail(response, 410);
    }
    end(response, 200);
  }

  async #invoke(route: GatewayRoute, event: unknown): Promise<Answer> {
    try {
      return ((await route.invoke(event)) ?? {}) as Answer;
    } catch (error) {
      this.#options.report?.(`${route.route} failed: ${error instanceof Error ? error.message : error}`);
      return { statusCode: FUNCTION_FAILED };
    }
  }

  #context(
    connectionId: string,
    routeKey: string,
    eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
    socket?: GatewaySocket,
  ) {
    const now = this.#clock.now();
    const connectedAt = socket?.connectedAt ?? now;
    return { routeKey, eventType, connectionId, connectedAt, now, domainName: 'localhost', stage: this.#options.stage };
  }
}

const protocolOf = (answer: Answer | undefined): string | undefined =>
  Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
