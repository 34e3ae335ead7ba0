import type { ClientEvents } from './client-events.ts';
import type { ClientFrame, LiveError, Message, ServerFrame, Thought } from './types.ts';

/** What happens to a client. `link` is the number of a connection. */
export type Input =
  | { type: 'start' }
  /** A timer: what is due is done. */
  | { type: 'time' }
  /** The network, or the page, has come back, or the clock has jumped. */
  | { type: 'wake' }
  | { type: 'ticket'; link: number; ticket: string; loginExpiresAt?: number | undefined }
  | { type: 'no_ticket'; link: number; error: unknown; isSignedOut: boolean }
  | { type: 'opened'; link: number }
  | { type: 'closed'; link: number; code?: number | undefined; reason?: string | undefined }
  | { type: 'frame'; link: number; data: unknown }
  | { type: 'subscribe' | 'unsubscribe'; channel: string; call: number }
  /** The app waits for the answer, on this connection only. */
  | { type: 'request'; frame: ClientFrame; call: number }
  | { type: 'known'; items: (Thought | Message)[]; channel: string | undefined }
  | { type: 'check'; call: number }
  | { type: 'reconnect' }
  | { type: 'close' };

/** What the app's listeners are told, by name. */
export type Emitted = { [Name in keyof ClientEvents]: { type: Name; values: ClientEvents[Name] } }[keyof ClientEvents];

/** What is to be done about it, in this order. */
export type Effect =
  /** `forceRefresh`: the login that the app has is about to end, or has. */
  | { type: 'ticket'; link: number; forceRefresh: boolean }
  | { type: 'open'; link: number; ticket: string }
  | { type: 'send'; link: number; data: string }
  | { type: 'drop'; link: number }
  | Emitted
  /** A call of the app's is answered. */
  | { type: 'answer'; call: number; error?: LiveError; frame?: ServerFrame };
