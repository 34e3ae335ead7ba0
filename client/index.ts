export type { ClientEvents } from './client-events.ts';
export type { HistoryRequest, LiveChannel } from './live-channel.ts';
export { connect, LiveClient } from './live-client.ts';
export type { AbortSignalLike, Options } from './options.ts';
export type { Runtime } from './runtime.ts';
export { SUBPROTOCOL, type WatchWake, type WebSocketLike } from './socket.ts';
export type { Ticket, TicketRequest } from './sockets.ts';
export type { Timings } from './timings.ts';
export {
  type ChannelState,
  type ConversationNews,
  type FailReason,
  type Gap,
  type HistoryPage,
  LiveError,
  type LiveItem,
  type Message,
  type MessageCreated,
  type MessageDeleted,
  type MessageEvent,
  type MessageUpdated,
  type Relation,
  type State,
  type Thought,
  type ThoughtCreated,
  type ThoughtDeleted,
  type ThoughtEvent,
  type ThoughtUpdated,
} from './types.ts';
