import type { TokenBucket } from './account.ts';
import { InvocationError } from './lambda.ts';
import type { Runtime } from './runtime.ts';

export interface HttpRequest {
  /** As the function's `routeKey`: `GET /users/{username}`. */
  route: string;
  claims: Record<string, string>;
  /** Where the request comes from: an IPv4 or IPv6 address. */
  sourceAddress: string;
  /** Milliseconds since 1970 at which the token ends. */
  tokenUntil: number;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface HttpAnswer {
  status: number;
  body: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LIMITS = { payloadBytes: 10 * 1024 * 1024, integrationMs: 30_000, headerBytes: 10_240 };
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const INVOCATION_BYTES = 6 * 1024 * 1024;

export interface HttpApiOptions {
  runtime: Runtime & { after(ms: number, call: () => void): () => void };
  /** The account's requests, which all its APIs share. */
  requests: TokenBucket;
  /** Invokes the function. It throws an InvocationError when the function did not answer. */
  invoke: (event: unknown) => Promise<unknown>;
  latencyMs: [number, number];
}

/** API Gateway's HTTP API with its JWT authorizer, between a person's request and the function. */
export class SimulatedHttpApi {
  readonly #options: HttpApiOptions;

  constructor(options: HttpApiOptions) {
    this.#options = options;
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    await this.#travel();
    const answer = await this.#answer(request);
    await this.#travel();
    return answer;
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer> {
    const { requests, runtime } = this.#options;
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
    if (!requests.take(runtime.now())) return refusal(429, 'Too Many Requests');
    const event = eventOf(request);
    const bytes = Buffer.byteLength(event.body ?? '');
    if (bytes > LIMITS.payloadBytes) return refusal(413, 'Request Entity Too Large');
    if (headBytes(event) > LIMITS.headerBytes) {
      return refusal(431, 'Request Header Fields Too Large');
    }
    // The authorizer refuses a token that has ended, and the function hears nothing of it.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    if (request.tokenUntil <= runtime.now()) return refusal(401, 'Unauthorized');
    if (bytes > INVOCATION_BYTES) return refusal(500, 'Internal Server Error');
    return this.#integrate(event);
  }

  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html */
  async #integrate(event: object): Promise<HttpAnswer> {
    const { invoke, runtime } = this.#options;
    const answered = invoke(event).then(
      (result): HttpAnswer => {
        const { statusCode, body = '' } = (result ?? {}) as { statusCode?: number; body?: string };
        return statusCode === undefined ? refusal(500, 'Internal Server Error') : { status: statusCode, body };
      },
      (error: unknown) =>
        error instanceof InvocationError && error.code === 'throttled'
          ? refusal(503, 'Service Unavailable')
          : refusal(500, 'Internal Server Error'),
    );
    let cancel = () => {};
    const late = new Promise<HttpAnswer>((resolve) => {
      cancel = runtime.after(LIMITS.integrationMs, () => resolve(refusal(503, 'Service Unavailable')));
    });
    return Promise.race([answered, late]).finally(() => cancel());
  }

  async #travel(): Promise<void> {
    const { latencyMs, runtime } = this.#options;
    const [least, most] = latencyMs;
    await runtime.sleep(least + runtime.random() * (most - least));
  }
}

/** Bytes of the request line and of the headers' values. */
const headBytes = ({ headers, rawPath, requestContext }: ReturnType<typeof eventOf>): number =>
  Buffer.byteLength([requestContext.http.method, rawPath, ...Object.values(headers)].join(''));

const refusal = (status: number, message: string): HttpAnswer => ({ status, body: JSON.stringify({ message }) });

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const eventOf = ({
  route,
  claims,
  sourceAddress,
  tokenUntil,
  params = {},
  query = {},
  headers = {},
  body,
}: HttpRequest) => {
  const [method, path] = route.split(' ');
  const exp = String(Math.floor(tokenUntil / 1000));
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: '',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(Object.keys(params).length > 0 && { pathParameters: params }),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    requestContext: {
      http: { method, path, sourceIp: sourceAddress },
      authorizer: { jwt: { claims: { ...claims, exp }, scopes: [] } },
    },
    isBase64Encoded: false,
  };
};
