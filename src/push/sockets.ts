import type {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { FastPost } from './fast-post/fast-post.ts';

/** The outcome of one frame. `busy`: throttled, timed out or failed; a retry may succeed. */
export type PostOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'too_large' } | { kind: 'busy' };

/** The far ends of the open WebSockets. */
export interface Sockets {
  post(cid: string, frame: string): Promise<PostOutcome>;
  /** @param last a frame that is sent before, if it can be */
  close(cid: string, last?: string): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 1_500;

interface Gateway {
  sdk: typeof import('@aws-sdk/client-apigatewaymanagementapi');
  client: ApiGatewayManagementApiClient;
  fast: FastPost;
}

/** Sockets behind API Gateway's @connections. Retries are the caller's, who knows how much time is left. */
export class GatewaySockets implements Sockets {
  readonly #config: ApiGatewayManagementApiClientConfig;
  #gateway: Gateway | undefined;
  #loading: Promise<Gateway> | undefined;

  /** @param config where the gateway is, when not where the environment says */
  constructor(config: ApiGatewayManagementApiClientConfig = {}) {
    this.#config = config;
  }

  async post(cid: string, frame: string): Promise<PostOutcome> {
    const { fast, sdk, client } = this.#gateway ?? (await (this.#loading ??= this.#load()));
    const posted = await fast.post(cid, frame);
    if (posted.kind === 'unsent' || posted.kind === 'unclear') return BUSY;
    const outcome = posted.kind === 'answer' ? outcomeOf(posted.status) : undefined;
    if (outcome) return outcome;
    try {
      // The frame was not delivered. The SDK signs it again, corrects its clock, or reports the error.
      await client.send(new sdk.PostToConnectionCommand({ ConnectionId: cid, Data: frame }));
      return SENT;
    } catch (error) {
      return outcomeOfFault(error);
    } finally {
      fast.distrust();
    }
  }

  async close(cid: string, last?: string): Promise<void> {
    if (last !== undefined && (await this.post(cid, last)).kind === 'gone') return;
    const { sdk, client } = this.#gateway ?? (await (this.#loading ??= this.#load()));
    try {
      await client.send(new sdk.DeleteConnectionCommand({ ConnectionId: cid }));
    } catch (error) {
      const fault = outcomeOfFault(error);
      if (fault.kind !== 'gone') console.warn(JSON.stringify({ message: 'a socket was not closed', cid, fault }));
    }
  }

  /** Loaded when first needed: most invocations push nothing. */
  async #load(): Promise<Gateway> {
    const sdk = await import('@aws-sdk/client-apigatewaymanagementapi');
    const client = new sdk.ApiGatewayManagementApiClient({
      ...this.#config,
      maxAttempts: 1,
      requestHandler: {
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: REQUEST_TIMEOUT_MS,
        // Without this option the SDK only logs a warning at the timeout, and keeps waiting.
        throwOnRequestTimeout: true,
      },
    });
    const fast = new FastPost(client, Date.now, { requestMs: REQUEST_TIMEOUT_MS });
    this.#gateway = { sdk, client, fast };
    return this.#gateway;
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
