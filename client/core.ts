export type { ClientEvents } from './client-events.ts';
export { CoreClient, connect } from './core-client.ts';
export type { AbortSignalLike, Options } from './options.ts';
export type { Runtime } from './runtime.ts';
export { SUBPROTOCOL, type WatchWake, type WebSocketLike } from './socket.ts';
export type { Ticket, TicketRequest } from './sockets.ts';
export type { Timings } from './timings.ts';
export { type FailReason, type Gap, LiveError, type State, type Thought, type ThoughtEvent } from './types.ts';
