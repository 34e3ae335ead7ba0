import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayLimits, PerSecond } from './limits.ts';
import { decoded } from './requests.ts';
import { end, fail } from './responses.ts';
import type { GatewaySocket } from './socket.ts';

/** Faults with which tests replace an answer of @connections. */
export type PostFault =
  | { kind: 'none' }
  | { kind: 'status'; status: number }
  | { kind: 'hang' }
  | { kind: 'cut' }
  /** Answers 200 and sends nothing. */
  | { kind: 'swallow' };

export interface ManagementDependencies {
  socket: (connectionId: string) => GatewaySocket | undefined;
  limits: GatewayLimits;
  /** Limits the rate of calls. */
  calls: PerSecond;
  fault: (connectionId: string) => PostFault;
}

const PATH = /^(?:\/[^/]+)?\/@connections\/([^/?]+)/;

/**
 * @connections: POST sends a frame, GET describes the connection, DELETE closes it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const manage = async (
  request: IncomingMessage,
  response: ServerResponse,
  { socket: socketOf, limits, calls, fault: faultOf }: ManagementDependencies,
): Promise<void> => {
  const encoded = PATH.exec(request.url ?? '')?.[1];
  if (encoded === undefined) return fail(response, 403);
  const id = decoded(encoded);
  if (id === undefined) return fail(response, 400);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (!calls.take()) return fail(response, 429);
  const fault: PostFault = request.method === 'POST' ? faultOf(id) : { kind: 'none' };
  if (fault.kind === 'hang') return;
  if (fault.kind === 'status') return fail(response, fault.status);
  const socket = socketOf(id);
  if (!socket) return fail(response, 410);
  if (fault.kind === 'cut') socket.close(1011, 'Cut');
  if (request.method === 'DELETE') {
    socket.close(1000, 'Connection closed by the server');
    return end(response, 204);
  }
  if (request.method === 'GET') return end(response, 200, descriptionOf(socket));
  const body = Buffer.concat(chunks);
  if (body.length > limits.messageBytes) return fail(response, 413);
  if (fault.kind !== 'swallow') {
    const isSent = await socket.send(body).then(
      () => true,
      () => false,
    );
    if (!isSent) return fail(response, 410);
  }
  end(response, 200);
};

const descriptionOf = ({ connectedAt, lastActiveAt, userAgent = '' }: GatewaySocket) => ({
  connectedAt: new Date(connectedAt).toISOString(),
  lastActiveAt: new Date(lastActiveAt).toISOString(),
  identity: { sourceIp: '127.0.0.1', userAgent },
});
