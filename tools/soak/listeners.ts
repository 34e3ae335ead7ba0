import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ThoughtEvent } from '../../client/index.ts';

/** Stands for API Gateway's @connections, and remembers who heard what. */
export class Listeners {
  readonly heard = new Map<string, string[]>();
  lastAt = performance.now();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      // Who is killed in the middle of a frame has not sent it.
      this.#hear(request, response).catch(() => response.destroy());
    });
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const connectionId = decodeURIComponent(request.url?.split('/@connections/')[1] ?? '');
    const { events = [] } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { events?: ThoughtEvent[] };
    this.lastAt = performance.now();
    this.heard.set(connectionId, [...(this.heard.get(connectionId) ?? []), ...events.map(({ id }) => id)]);
    response.end();
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
