/** The largest frame a client may send. Every action fits into it; what takes lists may need several. */
export const MAX_CLIENT_FRAME_BYTES = 4 * 1024;

/** Every code that an error frame can carry. `docs/errors.md` says what to do about each. */
export const FRAME_ERRORS = {
  invalid_frame: 'The frame is not a JSON object',
  frame_too_large: `A frame is at most ${MAX_CLIENT_FRAME_BYTES} bytes`,
  unknown_action: 'There is no such action',
  unknown_channel: 'There is no such channel',
  invalid_request: 'The frame does not match the schema of this action',
  too_many_subscriptions: 'This connection has 100 subscriptions, the largest number; unsubscribe first',
  channel_full: 'The channel has its largest number of subscribers; try again later',
  not_connected: 'The server no longer knows this connection; connect again',
  login_expired: 'The login behind this connection has ended; connect again with a new ticket',
  replaced: 'The user has more than 20 connections; this was the oldest one',
  signed_out: 'All connections of this user were closed',
  rate_limited: 'Too many frames; send fewer, or the connection is closed',
  busy: 'The service is overloaded; try again in a second',
  internal_error: 'The server failed unexpectedly; its log says why',
} as const;
export type FrameErrorCode = keyof typeof FRAME_ERRORS;

/** These come before the server closes the socket. */
export type ClosingCode = 'not_connected' | 'login_expired' | 'replaced' | 'signed_out' | 'rate_limited';
