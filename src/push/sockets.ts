import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';

/** What became of one frame. `busy` may pass: throttled, timed out, or the service failed. */
export type PostOutcome = { kind: 'sent' } | { kind: 'gone' } | { kind: 'too_large' } | { kind: 'busy' };

/** The far ends of the open WebSockets. */
export interface Sockets {
  post(cid: string, frame: string): Promise<PostOutcome>;
  /** @param last a frame that is sent before, if it can be */
  close(cid: string, last?: string): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 1_500;

/** Sockets behind API Gateway's @connections. Retries are the caller's, who knows how much time is left. */
export class GatewaySockets implements Sockets {
  readonly #client: ApiGatewayManagementApiClient;

  /** @param config where the gateway is, when not where the environment says */
  constructor(config: ApiGatewayManagementApiClientConfig = {}) {
    this.#client = new ApiGatewayManagementApiClient({
      ...config,
      maxAttempts: 1,
      requestHandler: {
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: REQUEST_TIMEOUT_MS,
        // Without it a late answer is only warned of, and waited for.
        throwOnRequestTimeout: true,
      },
    });
  }

  async post(cid: string, frame: string): Promise<PostOutcome> {
    try {
      await this.#client.send(new PostToConnectionCommand({ ConnectionId: cid, Data: frame }));
      return { kind: 'sent' };
    } catch (error) {
      return postFault(error);
    }
  }

  async close(cid: string, last?: string): Promise<void> {
    if (last !== undefined && (await this.post(cid, last)).kind === 'gone') return;
    try {
      await this.#client.send(new DeleteConnectionCommand({ ConnectionId: cid }));
    } catch (error) {
      const fault = postFault(error);
      if (fault.kind !== 'gone') console.warn(JSON.stringify({ message: 'a socket was not closed', cid, fault }));
    }
  }
}

/** The SDK sets no `statusCode` on its errors; the status is in `$metadata`, and the name may be missing. */
const postFault = (error: unknown): PostOutcome => {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === 410 || name === 'GoneException') return { kind: 'gone' };
  if (status === 413 || name === 'PayloadTooLargeException') return { kind: 'too_large' };
  // A malformed id is refused as a bad request: no socket has it either.
  if (status === 400) return { kind: 'gone' };
  return { kind: 'busy' };
};
