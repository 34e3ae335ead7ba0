import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { type ClientFrame, idOf, parseFrame } from '../protocol/client-frames.ts';
import { errorFrame } from '../protocol/error-frame.ts';
import type { ErrorFrame, ServerFrame } from '../protocol/server-frames.ts';
import { negotiateSubprotocol } from '../protocol/version.ts';
import { isTransient } from '../runtime/transient.ts';
import { countUnits, type Units } from '../table/units.ts';
import { type ActionDependencies, perform } from './actions.ts';
import type { FrameLimiter } from './frame-limiter.ts';
import { tokensOf } from './frame-tokens.ts';

interface Dependencies extends Omit<ActionDependencies, 'failureOf'> {
  frames: FrameLimiter;
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

const connect = async ({ lifecycle }: Dependencies, event: Event): Promise<Result> => {
  const agreement = negotiateSubprotocol(event.headers);
  if (agreement.kind === 'none in common') return NO_VERSION;
  const ticket = event.queryStringParameters?.ticket;
  if (!ticket) return REFUSED;
  const outcome = await lifecycle.open(event.requestContext.connectionId, ticket);
  if (outcome.kind !== 'opened') return REFUSED;
  if (agreement.kind === 'none offered') return { statusCode: 200 };
  return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': agreement.protocol } };
};

const disconnect = async ({ lifecycle }: Dependencies, connectionId: string): Promise<Result> => {
  await lifecycle.disconnected(connectionId);
  return { statusCode: 200 };
};

const answer = async (deps: Dependencies, connectionId: string, text: string): Promise<ServerFrame> => {
  const taken = deps.frames.take(connectionId);
  if (taken.kind !== 'granted') return limited(deps, connectionId, text, taken.kind === 'flooding');
  const parsed = parseFrame(text);
  if (parsed.kind === 'error') return parsed.error;
  const used: Units = { reads: 0, writes: 0 };
  try {
    return await countUnits(used, () => answerTo(deps, connectionId, parsed.frame));
  } finally {
    deps.frames.charge(connectionId, tokensOf(used));
  }
};

const answerTo = async (deps: Dependencies, connectionId: string, frame: ClientFrame): Promise<ServerFrame> => {
  const withId = (reply: ServerFrame) => (frame.id === undefined ? reply : { ...reply, id: frame.id });
  try {
    const outcome = await perform({ ...deps, failureOf }, connectionId, frame);
    if (outcome.kind === 'answer') return withId(outcome.frame);
    // A returned answer would arrive after the close, so never: push it first.
    const last = errorFrame(outcome.code, frame.id);
    await deps.lifecycle.closeSocket(connectionId, last);
    return last;
  } catch (error) {
    return withId(errorFrame(failureOf(frame.action, error)));
  }
};

const limited = async (
  { lifecycle }: Dependencies,
  connectionId: string,
  text: string,
  isFlood: boolean,
): Promise<ErrorFrame> => {
  const frame = errorFrame('rate_limited', idOf(text));
  if (isFlood) await lifecycle.closeSocket(connectionId, frame);
  return frame;
};
