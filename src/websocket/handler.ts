import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { TicketStore } from '../connections/ticket-store.ts';
import { idOf, parseFrame } from '../protocol/client-frames.ts';
import { errorFrame } from '../protocol/error-frame.ts';
import type { ErrorFrame, ServerFrame } from '../protocol/server-frames.ts';
import { negotiateSubprotocol } from '../protocol/version.ts';
import { isTransient } from '../runtime/transient.ts';
import { type ActionDependencies, perform } from './actions.ts';
import type { FrameLimiter } from './frame-limiter.ts';
import { tokensOf } from './frame-tokens.ts';

interface Dependencies extends Omit<ActionDependencies, 'failureOf'> {
  tickets: TicketStore;
  frames: FrameLimiter;
  /** Closes a socket from this side; `last` is a frame that is sent before. */
  closeSocket: (connectionId: string, last: string) => Promise<void>;
}

type Event = APIGatewayProxyWebsocketEventV2 & {
  queryStringParameters?: Record<string, string | undefined> | null;
  headers?: Record<string, string | undefined>;
};
type Result = APIGatewayProxyStructuredResultV2;

/** Any answer but 2xx refuses a handshake. Browsers show neither status nor body to the page. */
const REFUSED: Result = { statusCode: 401 };
const NO_VERSION: Result = { statusCode: 400 };

/** Handles `$connect`, `$disconnect` and every frame. Answers are frames. */
export const createWebSocketHandler = (deps: Dependencies) => {
  const routes: Record<string, (event: Event) => Promise<Result>> = {
    $connect: (event) => connect(deps, event),
    $disconnect: (event) => disconnect(deps, event.requestContext.connectionId),
  };

  return async (event: Event): Promise<Result> => {
    const { routeKey, connectionId } = event.requestContext;
    try {
      const route = Object.hasOwn(routes, routeKey) ? routes[routeKey] : undefined;
      if (route) return await route(event);
      return { statusCode: 200, body: JSON.stringify(await answer(deps, connectionId, event.body ?? '')) };
    } catch (error) {
      return { statusCode: failureOf(routeKey, error) === 'busy' ? 503 : 500 };
    }
  };
};

/** Notes what went wrong, and says as much of it as a client may know. */
const failureOf = (route: string, error: unknown): 'busy' | 'internal_error' => {
  const code = isTransient(error) ? 'busy' : 'internal_error';
  console.error(JSON.stringify({ message: code, route, error: error instanceof Error ? error.stack : error }));
  return code;
};

const connect = async (deps: Dependencies, event: Event): Promise<Result> => {
  const { tickets, connections, presence, runtime, closeSocket } = deps;
  const agreement = negotiateSubprotocol(event.headers);
  if (agreement.kind === 'none in common') return NO_VERSION;
  const ticket = event.queryStringParameters?.ticket;
  if (!ticket) return REFUSED;
  const outcome = await tickets.holderOf(ticket);
  if (outcome.kind === 'invalid') return REFUSED;
  const { username, authExpiresAt } = outcome.holder;
  const live = { connectionId: event.requestContext.connectionId, connectedAt: runtime.now(), authExpiresAt };
  await connections.add({ username, ...live });
  const { dropped } = await presence.connected(username, live);
  // Last of all: who is told to come again shortly comes with the same ticket. Of two who come at once, one goes.
  if ((await tickets.redeem(ticket)).kind === 'used') {
    await disconnect(deps, live.connectionId);
    return REFUSED;
  }
  for (const { connectionId } of dropped) {
    await closeSocket(connectionId, JSON.stringify(errorFrame('replaced')));
    await connections.remove(connectionId);
  }
  if (agreement.kind === 'none offered') return { statusCode: 200 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': agreement.protocol } };
};

const disconnect = async ({ connections, presence }: Dependencies, connectionId: string): Promise<Result> => {
  const connection = await connections.remove(connectionId);
  if (connection) await presence.disconnected(connection.username, connectionId);
  return { statusCode: 200 };
};

const answer = async (deps: Dependencies, connectionId: string, text: string): Promise<ServerFrame> => {
  const parsed = parseFrame(text);
  const taken = deps.frames.take(connectionId, parsed.kind === 'frame' ? tokensOf(parsed.frame) : 1);
  if (taken.kind !== 'granted') return limited(deps, connectionId, text, taken.kind === 'flooding');
  if (parsed.kind === 'error') return parsed.error;
  const { frame } = parsed;
  const withId = (reply: ServerFrame) => (frame.id === undefined ? reply : { ...reply, id: frame.id });
  try {
    const outcome = await perform({ ...deps, failureOf }, connectionId, frame);
    if (outcome.kind === 'answer') return withId(outcome.frame);
    // A returned answer would arrive after the close, so never: push it first.
    const last = withId(errorFrame(outcome.code));
    await deps.closeSocket(connectionId, JSON.stringify(last));
    return last;
  } catch (error) {
    return withId(errorFrame(failureOf(frame.action, error)));
  }
};

const limited = async (
  { closeSocket }: Dependencies,
  connectionId: string,
  text: string,
  isFlood: boolean,
): Promise<ErrorFrame> => {
  const frame = errorFrame('rate_limited', idOf(text));
  if (isFlood) await closeSocket(connectionId, JSON.stringify(frame));
  return frame;
};
