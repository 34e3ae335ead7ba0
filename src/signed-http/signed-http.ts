import { channel } from 'node:diagnostics_channel';
import type { Access } from './access.ts';
import { type PreparedBody, type RequestKind, RequestTemplate } from './request-template.ts';
import { SigningKey } from './signing-key.ts';
import { type PoolLimits, SocketPool } from './socket-pool.ts';
import type { WireOutcome } from './wire-socket.ts';

/** Publishes each answered request. The laptop's trace subscribes to it. */
const requests = channel('deep-thoughts.request');

/** The request was not sent because only the SDK can send it, or can say what is wrong. */
export type SignedOutcome = WireOutcome | { kind: 'not_mine' };

interface Endpoint {
  host: string;
  basePath: string;
  pool: SocketPool;
}

interface Options {
  /** The service's name in signatures. */
  service: string;
  /** Endpoint and credentials, read once a second. When it returns undefined or throws, the SDK sends the request. */
  access: () => Access | undefined | Promise<Access | undefined>;
  now: () => number;
  limits: PoolLimits;
}

/**
 * Sends requests to one AWS service without the SDK's middleware, for a small part of its CPU. It signs with a prepared key
 * and writes to kept-alive sockets. It never retries: the caller does.
 */
export class SignedHttp {
  readonly #options: Options;
  readonly #templates = new Map<RequestKind, RequestTemplate>();
  #endpoint: Endpoint | undefined;
  #key: SigningKey | undefined;
  #keySecond = -1;
  #refreshing: Promise<void> | undefined;
  #clockOffsetMs = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Sends a request at most once. It never throws.
   * @param id the last segment of the path; undefined when the path is complete
   */
  send(kind: RequestKind, body: PreparedBody, id?: string): Promise<SignedOutcome> {
    const second = Math.floor(this.#options.now() / 1000);
    if (second === this.#keySecond) return this.#sendNow(kind, body, id);
    this.#refreshing ??= this.#refresh(second);
    return this.#refreshing.then(() => this.#sendNow(kind, body, id));
  }

  #sendNow(kind: RequestKind, body: PreparedBody, id?: string): Promise<SignedOutcome> {
    if (!this.#endpoint || !this.#key) return Promise.resolve({ kind: 'not_mine' });
    const request = this.#template(kind, this.#endpoint, this.#key).request(body, id);
    const outcome = this.#endpoint.pool.send(request);
    return requests.hasSubscribers ? published(kind, outcome) : outcome;
  }

  /**
   * Reads access again before the next request, because the credentials or the time seem to be wrong.
   * @param clockOffsetMs milliseconds by which AWS's clock is ahead, as the SDK measured
   */
  distrust(clockOffsetMs: number): void {
    this.#clockOffsetMs = clockOffsetMs;
    this.#keySecond = -1;
  }

  close(): void {
    this.#endpoint?.pool.close();
  }

  #template(kind: RequestKind, endpoint: Endpoint, key: SigningKey): RequestTemplate {
    const known = this.#templates.get(kind);
    if (known) return known;
    const template = new RequestTemplate(key, endpoint, kind);
    this.#templates.set(kind, template);
    return template;
  }

  async #refresh(second: number): Promise<void> {
    const { service, access } = this.#options;
    try {
      const found = await access();
      if (found) this.#endpoint ??= this.#open(found.endpoint);
      // Replace the old key only now, because requests that have waited for it may still take it.
      this.#key = found && this.#keyOf(service, found, second);
      this.#keySecond = found ? second : -1;
    } catch {
      // Ignore the error: the SDK will meet the same error and throw it.
      this.#key = undefined;
    } finally {
      this.#refreshing = undefined;
    }
  }

  #keyOf(service: string, { region, credentials }: Access, second: number): SigningKey {
    this.#templates.clear();
    return new SigningKey({ service, region }, credentials, second * 1000 + this.#clockOffsetMs);
  }

  #open({ isTls, hostname, port, path }: Access['endpoint']): Endpoint {
    const { limits, now } = this.#options;
    // A URL has an IPv6 address in brackets; a socket takes it without brackets.
    const address = { host: hostname.replace(/^\[|\]$/g, ''), port: port ?? (isTls ? 443 : 80), isTls };
    return {
      host: port === undefined ? hostname : `${hostname}:${port}`,
      basePath: path.replace(/\/$/, ''),
      pool: new SocketPool({ address, limits, now }),
    };
  }
}

const published = async (kind: RequestKind, outcome: Promise<SignedOutcome>): Promise<SignedOutcome> => {
  const startedAt = performance.now();
  await outcome;
  const name = kind.headers['x-amz-target'] ?? `${kind.method} ${kind.path}`;
  requests.publish({ name, startedAt, endedAt: performance.now() });
  return outcome;
};
