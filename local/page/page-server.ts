import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export interface PageFiles {
  /** The folder of the built page. */
  folder: string;
  /** What `/config.json` answers. */
  config: object;
  headers: Record<string, string>;
}

/** Serves the page as CloudFront does: files, and `index.html` for every path that is none. */
export class PageServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @param port 0 for any that is free */
  static async start(port: number, files: PageFiles): Promise<PageServer> {
    const server = createServer((request, response) => answer(request.url ?? '/', files, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    const address = server.address();
    const bound = typeof address === 'object' && address ? address.port : port;
    return new PageServer(server, `http://127.0.0.1:${bound}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const answer = (url: string, { folder, config, headers }: PageFiles, response: ServerResponse): void => {
  const path = pathOf(url);
  if (path === '/config.json') {
    response.writeHead(200, { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(config));
    return;
  }
  const asked = join(folder, path);
  const file = path !== '/' && existsSync(asked) && statSync(asked).isFile() ? asked : join(folder, 'index.html');
  // Built files have a hash of their content in their names; the page itself has not.
  const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  response.writeHead(200, {
    ...headers,
    'content-type': TYPES[extname(file)] ?? TYPES['.html'],
    'cache-control': cache,
  });
  createReadStream(file).pipe(response);
};

/** The path of a request inside the folder, whatever it tries. */
const pathOf = (url: string): string => {
  try {
    return normalize(decodeURIComponent(new URL(url, 'http://page').pathname));
  } catch {
    return '/';
  }
};
