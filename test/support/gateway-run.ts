import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type GatewayOptions, WebSocketGateway } from '../../local/gateway/gateway.ts';

export interface GatewayEvent {
  headers?: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  body?: string;
  requestContext: {
    routeKey: string;
    eventType: string;
    connectionId: string;
    connectedAt: number;
    stage: string;
    disconnectStatusCode?: number;
  };
}

type Handler = (event: GatewayEvent) => unknown;

/** A client's end of a socket, and what reached it. */
export class TestSocket {
  readonly messages: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.messages.push(data.toString()));
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  send(value: unknown): void {
    this.socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** A gateway on a free port, whose functions are given by route. Every event is kept. */
export class GatewayRun {
  readonly events: GatewayEvent[] = [];
  readonly reports: string[] = [];
  readonly gateway: WebSocketGateway;
  #port = 0;

  private constructor(handlers: Record<string, Handler>, options: Partial<GatewayOptions>, answers: boolean) {
    this.gateway = new WebSocketGateway({
      stage: 'dev',
      report: (message) => this.reports.push(message),
      ...options,
      routes: Object.entries(handlers).map(([route, handler]) => ({
        route,
        answers,
        invoke: async (event) => {
          this.events.push(event as GatewayEvent);
          return handler(event as GatewayEvent);
        },
      })),
    });
  }

  static async start(handlers: Record<string, Handler> = {}, options: Partial<GatewayOptions> = {}, answers = true) {
    const accept = () => ({ statusCode: 200 });
    const run = new GatewayRun({ $connect: accept, $disconnect: accept, ...handlers }, options, answers);
    run.#port = await run.gateway.listen(0);
    return run;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @throws Error of `ws` that names the status, when the handshake is refused */
  async connect(path = '/'): Promise<TestSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}${path}`);
    const client = new TestSocket(socket);
    client.closed.catch(() => {});
    await once(socket, 'open');
    return client;
  }

  /** Connects, and tells under which id. */
  async connected(): Promise<{ client: TestSocket; connectionId: string }> {
    const client = await this.connect();
    return { client, connectionId: this.eventsOf('$connect').at(-1)?.requestContext.connectionId ?? '' };
  }

  /** Calls @connections as any HTTP client would. */
  manage(method: string, connectionId: string, body?: string): Promise<Response> {
    return fetch(`${this.endpoint}/@connections/${encodeURIComponent(connectionId)}`, { method, body });
  }

  eventsOf(route: string): GatewayEvent[] {
    return this.events.filter(({ requestContext }) => requestContext.routeKey === route);
  }
}
