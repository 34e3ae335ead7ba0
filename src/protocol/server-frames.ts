import * as z from 'zod/mini';
import { ConversationView } from '../conversations/conversation-view.ts';
import { ThoughtView } from '../thoughts/thought-view.ts';
import { FRAME_ERRORS, type FrameErrorCode } from './errors.ts';
import { MessageEvent } from './message-event.ts';
import { ThoughtEvent } from './thought-event.ts';

/** In the place of channel names: every channel of the connection. */
export const EVERY_CHANNEL = '*';

const Id = z.optional(z.string()).check(z.meta({ description: 'Of the frame that this answers' }));
const codes = Object.keys(FRAME_ERRORS) as [FrameErrorCode, ...FrameErrorCode[]];
const ErrorBody = { code: z.enum(codes), message: z.string() };
const Next = z.optional(z.string()).check(z.meta({ description: 'There is more behind this' }));

/** What a server sends. A client ignores types and fields that it does not know. */
export const ServerFrames = {
  events: z.object({
    type: z.literal('events'),
    id: Id,
    events: z.array(ThoughtEvent),
    channel: z
      .optional(z.string())
      .check(z.meta({ deprecated: true, description: 'In an answer to a `resume` of one `channel`' })),
    next: Next.check(z.meta({ deprecated: true, description: 'Beside `channel`: there is more behind this' })),
  }),
  messages: z.object({ type: z.literal('messages'), events: z.array(MessageEvent) }),
  'conversation.changed': z.object({
    type: z.literal('conversation.changed'),
    conversation: ConversationView,
    left: z.boolean().check(z.meta({ description: 'One has left it: no members are told, and nothing more comes' })),
    after: z.optional(z.int()).check(
      z.meta({
        description: "The conversation's last number before the user was added to it; none for the first members",
      }),
    ),
  }),
  'conversation.read': z.object({
    type: z.literal('conversation.read'),
    conversationId: z.string(),
    username: z.string().check(z.meta({ description: 'Who has read: another member, or oneself on another device' })),
    upTo: z.int().check(z.meta({ description: "The last read message's place" })),
  }),
  'conversation.typing': z.object({
    type: z.literal('conversation.typing'),
    conversationId: z.string(),
    username: z.string(),
  }),
  ack: z.object({
    type: z.literal('ack'),
    id: Id,
    action: z.enum(['subscribe', 'unsubscribe', 'typing']),
    channels: z
      .array(z.object({ asked: z.string(), channel: z.string() }))
      .check(z.meta({ description: 'What was asked for, and what the server calls it' })),
    refused: z.array(z.object({ channel: z.string(), ...ErrorBody })),
    channel: z
      .optional(z.string())
      .check(z.meta({ deprecated: true, description: 'In an answer to a frame of one `channel`' })),
  }),
  replay: z.object({
    type: z.literal('replay'),
    id: Id,
    events: z.array(ThoughtEvent).check(z.meta({ description: 'The present state of thoughts: each once' })),
    messages: z
      .optional(z.array(MessageEvent))
      .check(z.meta({ description: 'The same of messages, when a conversation was asked for' })),
    parts: z
      .array(
        z.object({
          channel: z.string(),
          next: Next,
          gap: z.optional(z.boolean()).check(z.meta({ description: 'Too far back: read the list anew' })),
          error: z.optional(z.object(ErrorBody)),
        }),
      )
      .check(z.meta({ description: 'A channel that is not among them did not fit: ask for it again' })),
  }),
  history: z.object({
    type: z.literal('history'),
    id: Id,
    channel: z.string(),
    thoughts: z.array(ThoughtView).check(z.meta({ description: 'Newest first' })),
    next: z.optional(z.string()).check(z.meta({ description: '`before` of the next page; none at the end' })),
  }),
  pong: z.object({
    type: z.literal('pong'),
    id: Id,
    at: z.string().check(z.meta({ format: 'date-time', description: "The server's time" })),
    missed: z
      .optional(z.array(z.string()))
      .check(z.meta({ description: `Channels of which a push was missed: replay them. \`${EVERY_CHANNEL}\`: all` })),
    latest: z.optional(z.string()).check(z.meta({ description: 'The newest thought of the timeline' })),
    count: z
      .optional(z.int())
      .check(
        z.meta({ description: 'How many entries of the timeline stand behind `since`; no more than 500 are counted' }),
      ),
    seqs: z
      .optional(z.record(z.string(), z.int()))
      .check(z.meta({ description: 'The last numbers of those of the authors whom this connection hears' })),
    notInTimeline: z
      .optional(z.array(z.string()))
      .check(z.meta({ description: 'Authors of `seqs` whom only an `author:` channel brings, and not the timeline' })),
    conversations: z
      .optional(z.record(z.string(), z.int()))
      .check(z.meta({ description: "The last numbers of the user's latest conversations, by id; at most 100" })),
    sources: z
      .optional(z.string())
      .check(z.meta({ description: 'Changes when the timeline is made of other authors: then read it anew' })),
  }),
  heartbeat: z.object({ type: z.literal('heartbeat') }),
  gap: z.object({
    type: z.literal('gap'),
    id: Id,
    channel: z.string().check(z.meta({ description: "Read this channel's list anew" })),
    since: z
      .optional(z.string())
      .check(z.meta({ deprecated: true, description: 'In an answer to a `resume` of one `channel`' })),
  }),
  relation: z.object({
    type: z.literal('relation'),
    author: z.string(),
    follows: z.boolean().check(z.meta({ description: 'Whether the user follows the author now' })),
    muted: z.boolean(),
  }),
  error: z.object({ type: z.literal('error'), id: Id, ...ErrorBody }),
};
export type ServerFrame = {
  [Type in keyof typeof ServerFrames]: z.infer<(typeof ServerFrames)[Type]>;
}[keyof typeof ServerFrames];
export type FrameOfServer<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>;
export type ErrorFrame = z.infer<typeof ServerFrames.error>;
export type RelationFrame = z.infer<typeof ServerFrames.relation>;
