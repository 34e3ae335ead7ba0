import * as z from 'zod/mini';
import { ConversationId } from '../conversations/conversation.ts';
import { faultsOf } from '../schemas/faults.ts';
import { Username } from '../users/username.ts';
import { errorFrame } from './error-frame.ts';
import { MAX_CLIENT_FRAME_BYTES } from './errors.ts';
import type { ErrorFrame } from './server-frames.ts';

/** How many channels, or authors, one frame names at most. */
export const MAX_NAMES = 100;
/** How many thoughts a page of a channel's past has at most. */
export const MAX_HISTORY = 50;

const Id = z.optional(z.string().check(z.maxLength(100), z.meta({ description: 'Comes back in the answer' })));
const ChannelName = z.string().check(z.maxLength(200), z.meta({ examples: ['author:alice', 'topic:aws', 'all'] }));
/** A name that is none is refused for itself, so that it does not take the others with it. */
const ChannelNames = z
  .array(z.string().check(z.meta({ examples: ['author:alice', 'topic:aws', 'all'] })))
  .check(z.minLength(1), z.maxLength(MAX_NAMES));
const EventId = z
  .string()
  .check(
    z.regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(:[0-9]{1,15})?$/,
      'must be an event id',
    ),
  );
const Since = EventId.check(z.meta({ description: 'The id of the last event, or thought, that the client has' }));
const Page = z.optional(EventId).check(z.meta({ description: '`next` of the page before' }));
const Authors = z
  .optional(z.array(Username).check(z.maxLength(MAX_NAMES)))
  .check(z.meta({ description: 'Authors whose last numbers the client wants to compare with its own' }));
const CountedSince = z
  .optional(Since)
  .check(z.meta({ description: 'From where the client wants the entries of its timeline counted' }));
const OneChannel = z
  .optional(ChannelName)
  .check(z.meta({ deprecated: true, description: 'One channel, in the place of `channels`' }));

/** What a client can send. Unknown fields are ignored: a newer client may have more. */
export const ClientFrames = {
  subscribe: z.object({
    action: z.literal('subscribe'),
    id: Id,
    channels: z.optional(ChannelNames),
    channel: OneChannel,
  }),
  unsubscribe: z.object({
    action: z.literal('unsubscribe'),
    id: Id,
    channels: z.optional(ChannelNames),
    channel: OneChannel,
  }),
  resume: z.object({
    action: z.literal('resume'),
    id: Id,
    channels: z.optional(
      z.array(z.object({ channel: z.string(), since: Since, page: Page })).check(
        z.minLength(1),
        z.maxLength(MAX_NAMES),
        z.refine(
          (all) => new Set(all.map(({ channel }) => channel)).size === all.length,
          'must name each channel once',
        ),
      ),
    ),
    channel: OneChannel,
    since: z.optional(Since).check(z.meta({ deprecated: true, description: 'Of `channel`' })),
    page: Page,
  }),
  history: z.object({
    action: z.literal('history'),
    id: Id,
    channel: ChannelName,
    before: z
      .optional(EventId)
      .check(z.meta({ description: 'The id of the oldest thought that the client has; the newest come without it' })),
    limit: z._default(z.int().check(z.gte(1), z.lte(MAX_HISTORY)), MAX_HISTORY),
  }),
  ping: z.object({
    action: z.literal('ping'),
    id: Id,
    authors: Authors.check(z.meta({ deprecated: true, description: 'As in `check`' })),
    since: CountedSince.check(z.meta({ deprecated: true, description: 'As in `check`' })),
  }),
  check: z.object({
    action: z.literal('check'),
    id: Id,
    authors: Authors,
    since: CountedSince,
    conversations: z
      .optional(z.boolean())
      .check(z.meta({ description: 'Whether the client wants to compare the numbers of its conversations' })),
  }),
  typing: z.object({ action: z.literal('typing'), id: Id, conversationId: ConversationId }),
};
export type Action = keyof typeof ClientFrames;
export type ClientFrame = { [A in Action]: z.infer<(typeof ClientFrames)[A]> }[Action];
export type FrameOf<A extends Action> = Extract<ClientFrame, { action: A }>;

export type ParsedFrame = { kind: 'frame'; frame: ClientFrame } | { kind: 'error'; error: ErrorFrame };

/** Reads what a client sent, or says what is wrong with it. */
export const parseFrame = (text: string): ParsedFrame => {
  const value = parseJson(text);
  if (Buffer.byteLength(text) > MAX_CLIENT_FRAME_BYTES) {
    return { kind: 'error', error: errorFrame('frame_too_large', echoOf(value)) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'error', error: errorFrame('invalid_frame') };
  }
  const { action } = value as { action?: unknown };
  const echo = echoOf(value);
  if (typeof action !== 'string' || !Object.hasOwn(ClientFrames, action)) {
    return { kind: 'error', error: errorFrame('unknown_action', echo) };
  }
  const result = ClientFrames[action as Action].safeParse(value);
  if (result.success && namesChannels(result.data)) return { kind: 'frame', frame: result.data };
  const issues = result.error?.issues ?? [{ path: ['channels'], message: 'is missing' }];
  const detail = faultsOf(issues)
    .map(({ path, message }) => `${path || 'frame'}: ${message}`)
    .join('; ');
  return { kind: 'error', error: errorFrame('invalid_request', echo, detail) };
};

/** The id that an answer to a frame carries, also when nothing else of the frame was looked at. */
export const idOf = (text: string): string | undefined => echoOf(parseJson(text));

const echoOf = (value: unknown): string | undefined => {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : undefined;
};

/** Those that are about channels name some: several, or, as the first release did, one. */
const namesChannels = (frame: ClientFrame): boolean => {
  if (frame.action === 'subscribe' || frame.action === 'unsubscribe') {
    return frame.channels !== undefined || frame.channel !== undefined;
  }
  return frame.action !== 'resume' || frame.channels !== undefined || frame.since !== undefined;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
