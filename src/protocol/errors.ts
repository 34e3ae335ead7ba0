/** The largest frame a client may send. Every action fits into it; what takes lists may need several. */
export const MAX_CLIENT_FRAME_BYTES = 4 * 1024;

/** Every code that an error frame can carry. `docs/errors.md` says what to do about each. */
export const FRAME_ERRORS = {
  invalid_frame: 'The frame is not JSON, or no object',
  frame_too_large: `A frame is at most ${MAX_CLIENT_FRAME_BYTES} bytes`,
  unknown_action: 'There is no such action',
  unknown_channel: 'There is no such channel',
  invalid_request: 'The frame is not what this action takes',
  too_many_subscriptions: 'This connection has as many subscriptions as it may have',
  channel_full: 'The channel has as many listeners as it may have',
  not_connected: 'This connection is known no more; connect again',
  login_expired: 'The login behind this connection has ended; connect again with a new ticket',
  replaced: 'Younger connections of the same user have taken the place of this one',
  signed_out: 'All connections of this user were closed',
  rate_limited: 'Too many frames; a connection that goes on is closed',
  busy: 'Too much at once; try again shortly',
  internal_error: 'Something went wrong here',
} as const;
export type FrameErrorCode = keyof typeof FRAME_ERRORS;

/** These come before the server closes the socket. */
export type ClosingCode = 'not_connected' | 'login_expired' | 'replaced' | 'signed_out' | 'rate_limited';
