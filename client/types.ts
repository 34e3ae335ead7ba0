/** A thought, as the API shows it. Times are ISO 8601. */
export interface Thought {
  id: string;
  author: string;
  text: string;
  topics: string[];
  inReplyTo?: { author: string; id: string };
  image?: string;
  createdAt: string;
  edited: boolean;
  editedAt?: string;
  version: number;
  seq: number;
  expiresAt?: string;
}

/** One change of a thought. The same change has the same `id` however often it comes. */
export interface ThoughtEvent {
  id: string;
  type: 'thought.created' | 'thought.updated' | 'thought.deleted';
  channels: string[];
  author: string;
  seq: number;
  at: string;
  thoughtId: string;
  /** The thought as it is now; none when it was deleted. */
  thought?: Thought;
}

/** Something was missed that can't be replayed: read the list anew, of this channel or of this author. */
export interface Gap {
  channel?: string;
  author?: string;
}

export type State = 'connecting' | 'live' | 'waiting' | 'closed';

/** What a server sends. */
export type ServerFrame =
  | { type: 'events'; id?: string; events: ThoughtEvent[]; channel?: string; next?: string }
  | { type: 'ack'; id?: string; action: string; channel: string }
  | { type: 'pong'; id?: string; at: string; latest?: string; count?: number; seqs?: Record<string, number> }
  | { type: 'gap'; id?: string; channel: string; since?: string }
  | { type: 'error'; id?: string; code: string; message: string };

/** An error frame, as a rejected promise. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
