import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { parseChannel } from '../connections/channel.ts';
import type { Connection, ConnectionStore, SubscribeOutcome } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { TicketStore } from '../connections/ticket-store.ts';
import type { Runtime } from '../runtime.ts';
import { isTransient } from '../table/transient.ts';
import { type ClientFrame, errorFrame, type FrameErrorCode, parseFrame, type ServerFrame } from './frames.ts';
import type { Resumer } from './resume.ts';

interface Dependencies {
  tickets: TicketStore;
  connections: ConnectionStore;
  presence: PresenceStore;
  resumer: Resumer;
  /** Closes a socket from this side. */
  closeSocket: (cid: string) => Promise<void>;
  runtime: Runtime;
}

type Event = APIGatewayProxyWebsocketEventV2 & { queryStringParameters?: Record<string, string | undefined> | null };
type Result = APIGatewayProxyStructuredResultV2;

const OK: Result = { statusCode: 200 };
/** A handshake is refused by any answer but 2xx; clients of the browser see no more of it than that. */
const REFUSED: Result = { statusCode: 401 };

const SUBSCRIBE_ERRORS: Record<Exclude<SubscribeOutcome['kind'], 'subscribed'>, FrameErrorCode> = {
  too_many: 'too_many_subscriptions',
  channel_full: 'channel_full',
  not_connected: 'not_connected',
};

/** The WebSocket function: connections come, say what they want to hear, and go. Its answers are frames. */
export const createWebSocketHandler = (deps: Dependencies) => {
  const routes: Record<string, (event: Event) => Promise<Result>> = {
    $connect: (event) => connect(deps, event),
    $disconnect: (event) => disconnect(deps, event.requestContext.connectionId),
  };

  return async (event: Event): Promise<Result> => {
    const { routeKey, connectionId } = event.requestContext;
    try {
      const route = routes[routeKey];
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
  const ticket = event.queryStringParameters?.ticket;
  if (!ticket) return REFUSED;
  const outcome = await tickets.redeem(ticket);
  if (outcome.kind === 'invalid') return REFUSED;
  const { username, authExpiresAt } = outcome.holder;
  const live = { cid: event.requestContext.connectionId, connectedAt: runtime.now(), authExpiresAt };
  await connections.add({ username, ...live });
  const { dropped } = await presence.connected(username, live);
  for (const { cid } of dropped) {
    await closeSocket(cid);
    await connections.remove(cid);
  }
  return OK;
};

const disconnect = async ({ connections, presence }: Dependencies, cid: string): Promise<Result> => {
  const connection = await connections.remove(cid);
  if (connection) await presence.disconnected(connection.username, cid);
  return OK;
};

const answer = async (deps: Dependencies, cid: string, text: string): Promise<ServerFrame> => {
  const parsed = parseFrame(text);
  if (parsed.kind === 'error') return parsed.error;
  const { frame } = parsed;
  const reply = await perform(deps, cid, frame).catch((error) => errorFrame(failureOf(frame.action, error)));
  return frame.id === undefined ? reply : { ...reply, id: frame.id };
};

const perform = async (deps: Dependencies, cid: string, frame: ClientFrame): Promise<ServerFrame> => {
  const connection = await deps.connections.get(cid);
  const isOver = connection && connection.authExpiresAt <= deps.runtime.now();
  if (!connection || isOver) {
    await deps.closeSocket(cid);
    return errorFrame(isOver ? 'login_expired' : 'not_connected');
  }
  if (frame.action === 'ping') return pong(deps, connection, frame);
  const parsed = parseChannel(frame.channel);
  if (parsed.kind === 'unknown') return errorFrame('unknown_channel');
  const { channel } = parsed;
  if (frame.action === 'resume') {
    const { username } = connection;
    return deps.resumer.resume({ username, channel, since: frame.since, page: frame.page });
  }
  // A connection's own timeline comes without asking, and can't be asked away.
  if (channel === 'timeline') return { type: 'ack', action: frame.action, channel };
  if (frame.action === 'unsubscribe') {
    await deps.connections.unsubscribe(cid, channel);
    return { type: 'ack', action: 'unsubscribe', channel };
  }
  const outcome = await deps.connections.subscribe(cid, channel);
  if (outcome.kind !== 'subscribed') return errorFrame(SUBSCRIBE_ERRORS[outcome.kind]);
  return { type: 'ack', action: 'subscribe', channel };
};

const pong = async (
  { resumer, presence, runtime, closeSocket }: Dependencies,
  { username, cid }: Connection,
  { authors, since }: Extract<ClientFrame, { action: 'ping' }>,
): Promise<ServerFrame> => {
  const [newest, seqs, present] = await Promise.all([
    resumer.newest(username, since),
    authors && resumer.lastNumbers({ username, cid }, authors),
    presence.of([username], { consistent: true }),
  ]);
  if (!present.get(username)?.connections.some((connection) => connection.cid === cid)) {
    // It had to give way to younger ones, and hears nothing any more.
    await closeSocket(cid);
    return errorFrame('not_connected');
  }
  const at = new Date(runtime.now()).toISOString();
  return { type: 'pong', at, ...newest, ...(seqs && { seqs }) };
};
