import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';

export interface Certificate {
  /** Key and certificate, both in PEM. */
  key: string;
  cert: string;
}

/** The first byte of a TLS handshake: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const TLS_HANDSHAKE = 0x16;

/** Serves HTTP on a loopback port and, with a certificate, HTTPS on the same port. */
export class Listener {
  readonly #servers: (Server | HttpsServer)[];
  readonly #entry: NetServer;
  readonly #waiting = new Set<Socket>();

  constructor(onRequest: RequestListener, onUpgrade: (...args: never[]) => void, certificate?: Certificate) {
    const plain = createHttpServer(onRequest);
    const secure = certificate && createHttpsServer({ ...certificate }, onRequest);
    this.#servers = secure ? [plain, secure] : [plain];
    for (const server of this.#servers) server.on('upgrade', onUpgrade as never);
    this.#entry = secure ? createNetServer((socket) => this.#sort(socket, plain, secure)) : plain;
  }

  /** @returns the port; for port 0 the one that was chosen */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#entry.once('error', reject);
      this.#entry.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#entry.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    for (const socket of this.#waiting) socket.destroy();
    for (const server of this.#servers) server.closeAllConnections();
    await new Promise<void>((resolve) => this.#entry.close(() => resolve()));
  }

  #sort(socket: Socket, plain: Server, secure: HttpsServer): void {
    this.#waiting.add(socket);
    socket.once('close', () => this.#waiting.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }
}
