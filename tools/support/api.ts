import { connect, type LiveClient, type Options, type Ticket } from '../../client/index.ts';
import { fetchToken } from '../../local/issuer.ts';
import { readStack, type Stack } from '../../local/stack.ts';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test or a tool expects of a JSON body, it says by using it
  body: any;
}

/** The API as one user uses it. */
export class Api {
  readonly #stack: Stack;
  readonly #token: string | undefined;
  readonly username: string;

  constructor(stack: Stack, username: string, token?: string) {
    this.#stack = stack;
    this.username = username;
    this.#token = token;
  }

  static async login(stack: Stack, username: string): Promise<Api> {
    return new this(stack, username, await fetchToken(stack.issuer, username));
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${this.#stack.http}${path}`, {
      method,
      headers: {
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  }

  /** @throws Error when the answer is not a success */
  async must(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer> {
    const answer = await this.request(method, path, body, headers);
    const { status } = answer;
    if (status < 300) return answer;
    // The live client ends when there is no login any more: it goes by the status.
    throw Object.assign(new Error(`${method} ${path}: ${status} ${JSON.stringify(answer.body)}`), { status });
  }

  post(text: string, more: object = {}): Promise<ApiAnswer> {
    return this.must('POST', '/thoughts', { text, ...more });
  }

  follow(author: string): Promise<ApiAnswer> {
    return this.must('PUT', `/users/${author}/follow`);
  }

  ticket = async (): Promise<string> => (await this.must('POST', '/tickets')).body.ticket;

  listen(options: Partial<Options> = {}): LiveClient {
    const ticket = async () => (await this.must('POST', '/tickets')).body as Ticket;
    return connect({ url: this.#stack.websocket, ticket, ...options });
  }
}

/** The stack that `npm start` runs here; ends the process with advice when there is none. */
export const runningStack = (path?: string): Stack => {
  const stack = readStack(path);
  if (stack) return stack;
  process.stderr.write('No stack is running here. Start one with `npm start`.\n');
  process.exit(1);
};
