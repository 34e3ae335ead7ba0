import { createServer, type Server } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import type { BadNetwork } from './bad-network.ts';

/** The bad network as a proxy, for clients that are processes of their own; it gives tickets too. */
export class BadProxy {
  readonly #server: Server;
  readonly #far: string;
  readonly #webSockets = new WebSocketServer({ noServer: true });

  /** @param far the address of the real gateway */
  constructor(network: BadNetwork, far: string, ticket: () => Promise<string>) {
    this.#far = far;
    this.#server = createServer(async (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ticket: await ticket() }));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      const query = new URL(request.url ?? '/', this.#far).search;
      const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').filter(Boolean);
      const up = network.openSocket(`${this.#far}/${query}`, protocols);
      up.addEventListener('open', () => {
        this.#webSockets.handleUpgrade(request, socket, head, (near: WebSocket) => {
          up.addEventListener('message', ({ data }) => near.readyState === WebSocket.OPEN && near.send(String(data)));
          up.addEventListener('close', () => near.terminate());
          near.on('message', (data) => up.send(String(data)));
          near.on('close', () => up.close());
        });
      });
      up.addEventListener('error', () => socket.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#webSockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
