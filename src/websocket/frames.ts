import * as z from 'zod/mini';
import { LiveEvent } from '../push/live-event.ts';
import { Username } from '../users/username.ts';

/** The largest frame a client may send. Every action fits in a fraction of it. */
export const MAX_CLIENT_FRAME_BYTES = 4 * 1024;

const Id = z.optional(z.string().check(z.maxLength(100), z.meta({ description: 'Comes back in the answer' })));
const ChannelName = z.string().check(z.maxLength(200), z.meta({ examples: ['author:alice', 'topic:aws', 'all'] }));
const Since = z
  .string()
  .check(
    z.regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(:[0-9]{1,15})?$/,
      'must be an event id',
    ),
    z.meta({ description: 'The id of the last event, or thought, that the client has' }),
  );

/** What a client can send. */
export const ClientFrames = {
  subscribe: z.strictObject({ action: z.literal('subscribe'), id: Id, channel: ChannelName }),
  unsubscribe: z.strictObject({ action: z.literal('unsubscribe'), id: Id, channel: ChannelName }),
  resume: z.strictObject({
    action: z.literal('resume'),
    id: Id,
    channel: z._default(ChannelName, 'timeline'),
    since: Since,
    page: z.optional(Since).check(z.meta({ description: '`next` of the page before' })),
  }),
  ping: z.strictObject({
    action: z.literal('ping'),
    id: Id,
    authors: z
      .optional(z.array(Username).check(z.maxLength(100)))
      .check(z.meta({ description: 'Authors whose last numbers the client wants to compare with its own' })),
    since: z
      .optional(Since)
      .check(z.meta({ description: 'From where the client wants the entries of its timeline counted' })),
  }),
};
export type Action = keyof typeof ClientFrames;
export type ClientFrame = z.infer<(typeof ClientFrames)[Action]>;

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
  busy: 'Too much at once; try again shortly',
  internal_error: 'Something went wrong here',
} as const;
export type FrameErrorCode = keyof typeof FRAME_ERRORS;

const codes = Object.keys(FRAME_ERRORS) as [FrameErrorCode, ...FrameErrorCode[]];

/** What a server sends. */
export const ServerFrames = {
  events: z.object({
    type: z.literal('events'),
    id: Id,
    events: z.array(LiveEvent),
    channel: z.optional(z.string()).check(z.meta({ description: 'In an answer to `resume`: of which channel' })),
    next: z.optional(z.string()).check(z.meta({ description: 'In an answer to `resume`: there is more behind this' })),
  }),
  ack: z.object({ type: z.literal('ack'), id: Id, action: z.string(), channel: z.string() }),
  pong: z.object({
    type: z.literal('pong'),
    id: Id,
    at: z.string().check(z.meta({ format: 'date-time', description: "The server's time" })),
    latest: z.optional(z.string()).check(z.meta({ description: 'The newest thought of the timeline' })),
    count: z
      .optional(z.int())
      .check(
        z.meta({ description: 'How many entries of the timeline stand behind `since`; no more than 500 are counted' }),
      ),
    seqs: z
      .optional(z.record(z.string(), z.int()))
      .check(z.meta({ description: 'The last numbers of those of the authors whom this connection hears' })),
  }),
  gap: z.object({
    type: z.literal('gap'),
    id: Id,
    channel: z.string().check(z.meta({ description: "Read this channel's list anew" })),
    since: z.optional(z.string()).check(z.meta({ description: 'In an answer to `resume`: what it asked for' })),
  }),
  error: z.object({ type: z.literal('error'), id: Id, code: z.enum(codes), message: z.string() }),
};
export type ServerFrame = {
  [Type in keyof typeof ServerFrames]: z.infer<(typeof ServerFrames)[Type]>;
}[keyof typeof ServerFrames];
export type ErrorFrame = z.infer<typeof ServerFrames.error>;

export type ParsedFrame = { kind: 'frame'; frame: ClientFrame } | { kind: 'error'; error: ErrorFrame };

export const errorFrame = (code: FrameErrorCode, id?: string, detail?: string): ErrorFrame => ({
  type: 'error',
  ...(id !== undefined && { id }),
  code,
  message: detail ?? FRAME_ERRORS[code],
});

/** Reads what a client sent, or says what is wrong with it. */
export const parseFrame = (text: string): ParsedFrame => {
  if (Buffer.byteLength(text) > MAX_CLIENT_FRAME_BYTES) return { kind: 'error', error: errorFrame('frame_too_large') };
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'error', error: errorFrame('invalid_frame') };
  }
  const { action, id } = value as { action?: unknown; id?: unknown };
  const echo = typeof id === 'string' ? id.slice(0, 100) : undefined;
  if (typeof action !== 'string' || !Object.hasOwn(ClientFrames, action)) {
    return { kind: 'error', error: errorFrame('unknown_action', echo) };
  }
  const result = ClientFrames[action as Action].safeParse(value);
  if (result.success) return { kind: 'frame', frame: result.data };
  const detail = result.error.issues.map((issue) => `${issue.path.join('.') || 'frame'}: ${issue.message}`).join('; ');
  return { kind: 'error', error: errorFrame('invalid_request', echo, detail) };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
