import type { Problem, Routes } from './types.ts';

/** The options of a call: those of the route's types, and a signal that aborts it. */
export type CallOptions<Key extends keyof Routes> = Omit<Routes[Key], 'answer'> & { signal?: AbortSignal };

type Parts = {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
};

/** Options may be left out when nothing in them is required. */
type Arguments<Options> = Record<never, never> extends Options ? [options?: Options] : [options: Options];

/** The API's answer when it is not a success, by its stable code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, title, detail }: Partial<Problem>) {
    super(detail ?? title ?? `The server answered ${status}`);
    this.status = status;
    this.code = code ?? 'unknown';
  }
}

/** The API over HTTP: `api.call('GET /users/{username}', { params: { username } })`, typed by its own reference. */
export class Api {
  readonly #url: string;
  readonly #token: () => string | undefined;
  readonly #refreshed: () => Promise<boolean>;

  /**
   * @param token the access token now; none when nobody is logged in
   * @param refreshed gets a new token after a 401; false when there is none to be had
   */
  constructor(url: string, token: () => string | undefined, refreshed: () => Promise<boolean>) {
    this.#url = url;
    this.#token = token;
    this.#refreshed = refreshed;
  }

  /** @throws ApiError for an answer that is not a success; TypeError when there is no network */
  async call<Key extends keyof Routes>(
    route: Key,
    ...[options]: Arguments<CallOptions<Key>>
  ): Promise<Routes[Key]['answer']> {
    const parts = (options ?? {}) as Parts;
    let response = await this.#fetch(route, parts);
    if (response.status === 401 && this.#token() && (await this.#refreshed()))
      response = await this.#fetch(route, parts);
    const isJson = response.headers.get('content-type')?.includes('json');
    // A gateway may send a content type with an empty body.
    const text = isJson ? await response.text() : '';
    const body = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) throw new ApiError(response.status, (body ?? {}) as Partial<Problem>);
    return body as Routes[Key]['answer'];
  }

  #fetch(route: string, { params = {}, query = {}, headers = {}, body, signal }: Parts): Promise<Response> {
    const [method = 'GET', path = ''] = route.split(' ');
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const search = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
    const token = this.#token();
    return fetch(`${this.#url}${filled}${search}`, {
      method,
      // A thought's ETag is its version's, and says nothing of its counts.
      cache: 'no-store',
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  }
}
