/** A thought, as the API shows it. Times are ISO 8601. */
export interface Thought {
  id: string;
  author: string;
  text: string;
  topics: string[];
  inReplyTo?: { author: string; id: string } | undefined;
  image?: string | undefined;
  createdAt: string;
  edited: boolean;
  editedAt?: string | undefined;
  version: number;
  seq: number;
  expiresAt?: string | undefined;
}

/** What every event tells. The same change has the same `id` however often it comes. */
interface Change {
  id: string;
  /** Every channel by which it came. */
  channels: string[];
  author: string;
  /** The number of the author's change, without holes. */
  seq: number;
  at: string;
  thoughtId: string;
}

export interface ThoughtCreated extends Change {
  type: 'thought.created';
  thought: Thought;
}
export interface ThoughtUpdated extends Change {
  type: 'thought.updated';
  /** The thought as it is now. */
  thought: Thought;
}
export interface ThoughtDeleted extends Change {
  type: 'thought.deleted';
  thought?: undefined;
}

/** One change of a thought. */
export type ThoughtEvent = ThoughtCreated | ThoughtUpdated | ThoughtDeleted;

/** A private message, as the API shows it. */
export interface Message {
  id: string;
  conversationId: string;
  /** Where it stands in its conversation: 1 for the first, without holes. */
  place: number;
  author: string;
  text: string;
  createdAt: string;
  edited: boolean;
  editedAt?: string | undefined;
  version: number;
  seq: number;
}

interface MessageChange {
  id: string;
  channels: string[];
  conversationId: string;
  author: string;
  /** The number of the conversation's change, without holes. */
  seq: number;
  at: string;
  messageId: string;
  place: number;
}

export interface MessageCreated extends MessageChange {
  type: 'message.created';
  message: Message;
}
export interface MessageUpdated extends MessageChange {
  type: 'message.updated';
  /** The message as it is now. */
  message: Message;
}
export interface MessageDeleted extends MessageChange {
  type: 'message.deleted';
  message?: undefined;
}

/** One change of a message. */
export type MessageEvent = MessageCreated | MessageUpdated | MessageDeleted;

/** What is said about a conversation beside its messages. */
export type ConversationNews =
  | {
      type: 'conversation.changed';
      conversation: {
        id: string;
        kind: 'two' | 'group';
        name?: string | undefined;
        members: string[];
        createdAt: string;
      };
      /** One has left it. */
      left: boolean;
      /** The conversation's last number before the user was added to it; none for the first members. */
      after?: number | undefined;
    }
  | { type: 'conversation.read'; conversationId: string; username: string; upTo: number }
  | { type: 'conversation.typing'; conversationId: string; username: string };

/** What comes in a numbered list: an author's, or a conversation's. */
export type NumberedEvent = ThoughtEvent | MessageEvent;

/** Something was missed that can't be replayed: read the list anew, of this channel or of this author; all, if neither. */
export interface Gap {
  channel?: string | undefined;
  author?: string | undefined;
}

/** One's relation to an author has changed: the timeline has the author's thoughts when followed and not muted. */
export interface Relation {
  author: string;
  follows: boolean;
  muted: boolean;
}

/** What a loop over the client gives, told apart by `type`, in the order in which it happened. */
export type LiveItem = NumberedEvent | ConversationNews | (Gap & { type: 'gap' }) | (Relation & { type: 'relation' });

/**
 * `connecting`: a connection is being opened, or catches up. `waiting`: for the time of the next attempt. `failed`: for
 * good, until `reconnect()`. `closed`: by the app.
 */
export type State = 'connecting' | 'live' | 'waiting' | 'failed' | 'closed';

/**
 * Why a client has failed. `replaced`: younger connections of the same user took this one's place. `signed_out`: there
 * is no login any more. `refused`: the server does not take what this client sends.
 */
export type FailReason = 'replaced' | 'signed_out' | 'refused';

/** `subscribing`: asked for, and not granted yet. */
export type ChannelState = 'subscribing' | 'subscribed' | 'refused' | 'unsubscribed';

/** A page of the thoughts of a channel, newest first. */
export interface HistoryPage {
  thoughts: Thought[];
  /** `before` of the next page; none at the end. */
  next?: string | undefined;
}

interface ErrorBody {
  code: string;
  message: string;
}

/** What a server sends. Held equal to the server's own schemas by a test. */
export type ServerFrame =
  | { type: 'events'; id?: string | undefined; events: ThoughtEvent[] }
  | { type: 'messages'; events: MessageEvent[] }
  | ConversationNews
  | {
      type: 'ack';
      id?: string | undefined;
      action: string;
      /** What was asked for, and what the server calls it. */
      channels: { asked: string; channel: string }[];
      refused: ({ channel: string } & ErrorBody)[];
    }
  | {
      type: 'replay';
      id?: string | undefined;
      events: ThoughtEvent[];
      messages?: MessageEvent[] | undefined;
      parts: {
        channel: string;
        next?: string | undefined;
        gap?: boolean | undefined;
        error?: ErrorBody | undefined;
      }[];
    }
  | ({ type: 'history'; id?: string | undefined; channel: string } & HistoryPage)
  | {
      type: 'pong';
      id?: string | undefined;
      at: string;
      missed?: string[] | undefined;
      latest?: string | undefined;
      count?: number | undefined;
      seqs?: Record<string, number> | undefined;
      notInTimeline?: string[] | undefined;
      conversations?: Record<string, number> | undefined;
      sources?: string | undefined;
    }
  | { type: 'heartbeat' }
  | { type: 'gap'; id?: string | undefined; channel: string }
  | ({ type: 'relation' } & Relation)
  | ({ type: 'error'; id?: string | undefined } & ErrorBody);

/** The channel names of a frame of one channel, as a client sends them. */
export interface ResumeFrom {
  channel: string;
  since: string;
  page?: string | undefined;
}

/** What a client sends, beside the `id`. */
export type ClientFrame =
  | { action: 'subscribe' | 'unsubscribe'; channels: string[] }
  | { action: 'resume'; channels: ResumeFrom[] }
  | { action: 'history'; channel: string; before?: string | undefined; limit?: number | undefined }
  | { action: 'ping' }
  | { action: 'check'; authors: string[]; since?: string | undefined; conversations?: boolean | undefined }
  | { action: 'typing'; conversationId: string }
  | { action: 'heartbeat' };

/** What went wrong, with a stable code: an error frame's, or one of the client's own. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly code: string;
  readonly channel: string | undefined;

  /** @param detail text beside the code: the server's message, or a close code */
  constructor(code: string, detail = '', more: { channel?: string | undefined; cause?: unknown } = {}) {
    super(`${code} ${detail}`.trim(), more);
    this.code = code;
    this.channel = more.channel;
  }
}
