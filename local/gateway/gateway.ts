import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Authorizer, authorize } from './authorizer.ts';
import { type Clock, realClock } from './clock.ts';
import { connectEvent, disconnectEvent, type EventContext, messageEvent } from './events.ts';
import { FrameMeter } from './frame-meter.ts';
import { type Answer, invokeRoute, isFailure } from './integration.ts';
import { AWS_LIMITS, type GatewayLimits, PerSecond } from './limits.ts';
import { type Certificate, Listener } from './listener.ts';
import { manage, type PostFault } from './management.ts';
import { isHandshake } from './requests.ts';
import { refuse } from './responses.ts';
import { type GatewayRoute, Routes } from './routes.ts';
import { GatewaySocket, newConnectionId } from './socket.ts';

export interface GatewayOptions {
  routes: GatewayRoute[];
  stage: string;
  /** The part of a message that names its route; by default `$request.body.action`. */
  routeSelectionExpression?: string | undefined;
  /** Is called before `$connect`. */
  authorizer?: Authorizer | undefined;
  /** `domainName` in events; by default `localhost` and the port. */
  domainName?: string;
  /** The region in the authorizer's ARN. */
  region?: string;
  /** With a certificate the port also takes TLS, because functions often call https://domainName/stage. */
  certificate?: Certificate;
  limits?: Partial<GatewayLimits>;
  clock?: Clock;
  report?: (message: string) => void;
  postFault?: (connectionId: string) => PostFault;
  /** `$disconnect` is best effort on AWS; this leaves one out. */
  dropsDisconnect?: () => boolean;
}

/** A connection before it is open. */
type Caller = Pick<EventContext, 'userAgent' | 'authorizer'>;

/** API Gateway's WebSocket API on a loopback port: routes to functions, @connections for them to push with. */
export class WebSocketGateway {
  readonly #routes: Routes;
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  readonly #sockets = new Map<string, GatewaySocket>();
  /** The subprotocol that `$connect` has agreed to. */
  readonly #agreed = new WeakMap<IncomingMessage, string | undefined>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: AWS_LIMITS.messageBytes,
    // The socket answers pings itself, because `ws` drops a connection that sends over 60 pings at once.
    autoPong: false,
    handleProtocols: (_offered, request) => this.#agreed.get(request) ?? false,
  });
  readonly #listener: Listener;
  /** Handshakes that `$connect` has not answered yet. */
  readonly #shaking = new Set<Duplex>();
  readonly #connects: PerSecond;
  #domainName: string;

  /** @throws Error when the route selection expression can't be read */
  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#routes = new Routes(options.routes, options.routeSelectionExpression);
    this.#limits = { ...AWS_LIMITS, ...options.limits };
    this.#clock = options.clock ?? realClock;
    this.#domainName = options.domainName ?? 'localhost';
    this.#connects = new PerSecond(this.#limits.newConnectionsPerSecond, this.#clock.now);
    const management = {
      socket: (id: string) => this.#sockets.get(id),
      limits: this.#limits,
      calls: new PerSecond(this.#limits.postsPerSecond, this.#clock.now),
      fault: options.postFault ?? ((): PostFault => ({ kind: 'none' })),
    };
    this.#listener = new Listener(
      // A caller that disconnects within a body, or that sends an invalid URL, must not end the process.
      (request, response) => manage(request, response, management).catch(() => response.destroy()),
      (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.#upgrade(request, socket, head).catch(() => refuse(socket, 400)),
      options.certificate,
    );
  }

  /** @returns the port, also when 0 was asked for */
  async listen(asked: number): Promise<number> {
    const port = await this.#listener.listen(asked);
    this.#domainName = this.#options.domainName ?? `localhost:${port}`;
    return port;
  }

  async close(): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate();
    for (const socket of this.#shaking) socket.destroy();
    await this.#listener.close();
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
    const caller: Caller = { userAgent: request.headers['user-agent'], authorizer: undefined };
    const event = connectEvent(this.#context(id, '$connect', 'CONNECT', caller), request);
    if (this.#options.authorizer) {
      const verdict = await authorize(this.#options.authorizer, event, this.#options.region ?? 'local');
      if (verdict.kind === 'refused') return refuse(socket, verdict.status);
      caller.authorizer = verdict.context;
      Object.assign(event.requestContext, { authorizer: verdict.context });
    }
    const connect = this.#routes.named('$connect');
    // Until this returns the connection does not exist, and a post to it answers 410.
    const answer = connect && (await this.#invoke(connect, event));
    const status = answer?.statusCode ?? 200;
    if (status < 200 || status > 299) return refuse(socket, status);
    this.#shaking.delete(socket);
    this.#agreed.set(request, protocolOf(answer));
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(id, webSocket, socket, caller));
  }

  #open(id: string, webSocket: WebSocket, stream: Duplex, caller: Caller): void {
    const socket = new GatewaySocket(id, webSocket, this.#clock, this.#limits, caller);
    this.#sockets.set(id, socket);
    let isTooLarge = false;
    new FrameMeter(stream, this.#limits.frameBytes, () => {
      isTooLarge = true;
      socket.close(1009, 'Frame too large');
    });
    webSocket.on('message', (data, isBinary) => {
      if (isTooLarge) return;
      if (isBinary) socket.close(1003, 'Binary frames are not taken');
      else void this.#message(socket, data);
    });
    webSocket.on('ping', (data) => socket.answerPing(data));
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('close', (code, reason) => void this.#closed(socket, code, String(reason)));
  }

  async #closed(socket: GatewaySocket, code: number, reason: string): Promise<void> {
    this.#sockets.delete(socket.id);
    const route = this.#routes.named('$disconnect');
    if (!route || this.#options.dropsDisconnect?.()) return;
    const context = this.#context(socket.id, '$disconnect', 'DISCONNECT', socket, socket.connectedAt);
    await this.#invoke(route, disconnectEvent(context, code, reason));
  }

  /** Sends API Gateway's own message: no route takes the message, or the function failed or was too slow. */
  async #message(socket: GatewaySocket, data: RawData): Promise<void> {
    socket.touch();
    const text = data.toString();
    const route = this.#routes.of(text);
    const key = route?.route ?? '$default';
    const event = messageEvent(this.#context(socket.id, key, 'MESSAGE', socket, socket.connectedAt), text);
    const { requestId } = event.requestContext;
    const say = (message: string) => JSON.stringify({ message, connectionId: socket.id, requestId });
    if (!route) return void (await socket.send(say('Forbidden')).catch(() => {}));
    const answer = await this.#invoke(route, event);
    if (answer.isLate) await socket.send(say('Endpoint request timed out')).catch(() => {});
    else if (isFailure(answer)) await socket.send(say('Internal server error')).catch(() => {});
    else if (route.answers && answer.body) await socket.send(answer.body).catch(() => {});
  }

  #invoke(route: GatewayRoute, event: unknown): Promise<Answer> {
    const { report } = this.#options;
    return invokeRoute(route, event, { ms: this.#limits.integrationMs, clock: this.#clock, report });
  }

  #context(
    connectionId: string,
    routeKey: string,
    eventType: EventContext['eventType'],
    { userAgent, authorizer }: Caller,
    since?: number,
  ): EventContext {
    const now = this.#clock.now();
    const { stage } = this.#options;
    const connectedAt = since ?? now;
    const domainName = this.#domainName;
    return { routeKey, eventType, connectionId, connectedAt, now, domainName, stage, userAgent, authorizer };
  }
}

const protocolOf = (answer: Answer | undefined): string | undefined =>
  Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
