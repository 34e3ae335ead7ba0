import type {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { accessOf, accessOfSdk } from '../signed-http/access.ts';
import { SignedHttp } from '../signed-http/signed-http.ts';
import type { PoolLimits } from '../signed-http/socket-pool.ts';
import { FastPost } from './fast-post.ts';

/** The outcome of one frame. `busy`: throttled, timed out or failed; a retry may succeed. */
export type PostOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'too_large' } | { kind: 'busy' };

/** The far ends of the open WebSockets. */
export interface Sockets {
  post(connectionId: string, frame: string): Promise<PostOutcome>;
  /** @param last a frame that is sent before, if it can be */
  close(connectionId: string, last?: string): Promise<void>;
}

/** A frame beyond these would wait for a socket, and be sent after its deadline. */
export const POSTS_AT_ONCE = 50;
const REQUEST_TIMEOUT_MS = 1_500;
const LIMITS: PoolLimits = { sockets: POSTS_AT_ONCE, requestMs: REQUEST_TIMEOUT_MS, idleMs: 20_000 };

interface Sdk {
  commands: typeof import('@aws-sdk/client-apigatewaymanagementapi');
  client: ApiGatewayManagementApiClient;
}

/** Sockets behind API Gateway's @connections. Retries are the caller's, who knows how much time is left. */
export class GatewaySockets implements Sockets {
  readonly #config: ApiGatewayManagementApiClientConfig | undefined;
  readonly #http: SignedHttp;
  readonly #fast: FastPost;
  #sdk: Promise<Sdk> | undefined;

  /** @param config where the gateway is, when not where the environment says */
  constructor(config?: ApiGatewayManagementApiClientConfig) {
    this.#config = config;
    const access = async () => {
      const found = config ? undefined : accessOf(process.env, { id: 'APIGATEWAYMANAGEMENTAPI' });
      return found ?? accessOfSdk((await this.#load()).client.config);
    };
    this.#http = new SignedHttp({ service: 'execute-api', access, now: Date.now, limits: LIMITS });
    this.#fast = new FastPost({ http: this.#http });
  }

  async post(connectionId: string, frame: string): Promise<PostOutcome> {
    const posted = await this.#fast.post(connectionId, frame);
    if (posted.kind === 'unsent' || posted.kind === 'unclear') return BUSY;
    const outcome = posted.kind === 'answer' ? outcomeOf(posted.status) : undefined;
    if (outcome) return outcome;
    const { commands, client } = await this.#load();
    try {
      // The frame was not delivered. The SDK signs it again, corrects its clock, or reports the error.
      await client.send(new commands.PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }));
      return SENT;
    } catch (error) {
      return outcomeOfFault(error);
    } finally {
      this.#http.distrust(client.config.systemClockOffset);
    }
  }

  async close(connectionId: string, last?: string): Promise<void> {
    if (last !== undefined && (await this.post(connectionId, last)).kind === 'gone') return;
    const { commands, client } = await this.#load();
    try {
      await client.send(new commands.DeleteConnectionCommand({ ConnectionId: connectionId }));
    } catch (error) {
      const fault = outcomeOfFault(error);
      if (fault.kind !== 'gone')
        console.warn(JSON.stringify({ message: 'a socket was not closed', connectionId, fault }));
    }
  }

  /** Loaded when first needed. Most environments never need it. */
  #load(): Promise<Sdk> {
    this.#sdk ??= import('@aws-sdk/client-apigatewaymanagementapi').then((commands) => ({
      commands,
      client: new commands.ApiGatewayManagementApiClient({
        ...this.#config,
        maxAttempts: 1,
        requestHandler: {
          requestTimeout: REQUEST_TIMEOUT_MS,
          connectionTimeout: REQUEST_TIMEOUT_MS,
          // Without this option the SDK only logs a warning at the timeout, and keeps waiting.
          throwOnRequestTimeout: true,
        },
      }),
    }));
    return this.#sdk;
  }
}

const SENT: PostOutcome = { kind: 'sent' };
const BUSY: PostOutcome = { kind: 'busy' };

/** The outcome of a status; undefined when the request was neither carried out nor refused for good. */
const outcomeOf = (status: number | undefined): PostOutcome | undefined => {
  if (status === 200) return SENT;
  // A malformed id is refused as a bad request: no socket has it either.
  if (status === 410 || status === 400) return { kind: 'gone' };
  if (status === 413) return { kind: 'too_large' };
  // An immediate retry would add to the load.
  if (status === 429 || (status !== undefined && status >= 500)) return BUSY;
  return undefined;
};

/** The SDK sets no `statusCode` on its errors; the status is in `$metadata`, and the name may be missing. */
const outcomeOfFault = (error: unknown): PostOutcome => {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'GoneException') return { kind: 'gone' };
  if (name === 'PayloadTooLargeException') return { kind: 'too_large' };
  return outcomeOf($metadata?.httpStatusCode) ?? BUSY;
};
