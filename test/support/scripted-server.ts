import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';

/** A request as it came. */
export interface WireRequest {
  /** `POST` or `DELETE`. */
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Which connection it came by, from 0. */
  socketNumber: number;
}

/** Writes an answer, or ends the connection, or does nothing. @param nth how many requests came before */
export type Respond = (request: WireRequest, socket: Socket, nth: number) => void;

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

export const answerOf = (status: number, headers: string[] = [], body = ''): string =>
  [`HTTP/1.1 ${status} Words`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');

/** The far end of requests, which answers byte for byte as a test says. */
export class ScriptedServer {
  readonly requests: WireRequest[] = [];
  readonly sockets: Socket[] = [];
  /** Its certificate, when it speaks TLS. */
  readonly certificate: string;
  respond: Respond = (_, socket) => void socket.write(OK);
  readonly #server: Server;

  private constructor(server: Server, certificate: string) {
    this.#server = server;
    this.certificate = certificate;
  }

  static async start({ isTls = false } = {}): Promise<ScriptedServer> {
    const subjectAltName = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] };
    const pair = isTls
      ? await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', extensions: [subjectAltName] })
      : undefined;
    const serve = (socket: Socket) => gateway.#serve(socket);
    const server = pair ? createTlsServer({ cert: pair.cert, key: pair.private }, serve) : createServer(serve);
    const gateway = new ScriptedServer(server, pair?.cert ?? '');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** The bodies that came, in their order. */
  bodies(): string[] {
    return this.requests.map(({ body }) => body);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const socketNumber = this.sockets.push(socket) - 1;
    socket.setNoDelay(true);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      const headEnd = bytes.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const [start = '', ...lines] = bytes.subarray(0, headEnd).toString().split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => {
          const [name = '', value = ''] = line.split(/: ?(.*)/s);
          return [name.toLowerCase(), value];
        }),
      );
      const end = headEnd + 4 + Number(headers['content-length'] ?? 0);
      if (bytes.length < end) return;
      const [method = '', path = ''] = start.split(' ');
      const request = { method, path, headers, body: bytes.subarray(headEnd + 4, end).toString(), socketNumber };
      bytes = bytes.subarray(end);
      const nth = this.requests.push(request) - 1;
      this.respond(request, socket, nth);
    });
  }
}
