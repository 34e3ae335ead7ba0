import type { Runtime } from './runtime.ts';
import type { WatchWake, WebSocketLike } from './socket.ts';
import type { Ticket, TicketRequest } from './sockets.ts';
import type { Timings } from './timings.ts';
import type { FailReason, Gap, LiveError, Relation, State, ThoughtEvent } from './types.ts';

/** As much of an `AbortSignal` as is used: so the types need neither those of browsers nor those of Node. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Options {
  /** The WebSocket API's address: `wss://…`. */
  url: string;
  /**
   * Gets a fresh ticket (`POST /tickets`), once for each connection: the whole answer, or only its `ticket`. An error
   * whose `status` is 401 or 403 ends the client (`signed_out`); after any other it is tried again. With
   * `forceRefresh` the app gets a new login first: the one that it has ends within the minute.
   */
  ticket: (request: TicketRequest) => Promise<string | Ticket>;
  channels?: string[];
  /** The id of the last event, or thought, that the app has: what came since is replayed first. */
  since?: string | undefined;
  /** Each event once, each author's in order. */
  onEvent?: (event: ThoughtEvent) => void;
  /** Read this anew. */
  onGap?: (gap: Gap) => void;
  onRelation?: (relation: Relation) => void;
  /** The server does not take this channel; the others go on without it. */
  onRefused?: (channel: string, error: LiveError) => void;
  onState?: (state: State, reason?: FailReason) => void;
  /** What went wrong and is being dealt with, or, in the state `failed`, is not. */
  onError?: (error: LiveError) => void;
  /** Closes the client when it is aborted. */
  signal?: AbortSignalLike;
  /** Is told of connections, states and errors. */
  logger?: (message: string, details: Record<string, unknown>) => void;
  openSocket?: (url: string, protocols: string[]) => WebSocketLike;
  /** Calls when the network or the page has come back; the platform's events when left out. */
  watchWake?: WatchWake;
  /** The time, the timers and the random numbers; the platform's when left out. */
  runtime?: Runtime;
  timings?: Partial<Timings>;
}
