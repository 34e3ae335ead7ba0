import type { MessageEvent } from './message-event.ts';
import type { RelationFrame, ServerFrame } from './server-frames.ts';
import type { ThoughtEvent } from './thought-event.ts';

/** What one message may carry and still be metered, and sent, as one frame. */
export const FRAME_BYTES = 32 * 1024;

/** The end of a frame behind its events. */
const TAIL = ']}';

/** Events of one connection, put into as few frames of at most `maxBytes` as hold them; one larger event goes alone. */
export const eventFrames = (events: ThoughtEvent[], maxBytes = FRAME_BYTES): string[] =>
  packed('events', inOrder(events, authorOf), maxBytes);

/** The same of messages. They have a frame of their own, which clients that know no conversations ignore. */
export const messageFrames = (events: MessageEvent[], maxBytes = FRAME_BYTES): string[] =>
  packed('messages', inOrder(events, conversationOf), maxBytes);

const packed = (type: 'events' | 'messages', events: object[], maxBytes: number): string[] => {
  const head = `{"type":"${type}","events":[`;
  const frames: string[] = [];
  let parts: string[] = [];
  let size = head.length + TAIL.length;
  const close = () => {
    if (parts.length > 0) frames.push(head + parts.join(',') + TAIL);
    parts = [];
    size = head.length + TAIL.length;
  };
  for (const event of events) {
    const part = JSON.stringify(event);
    const bytes = Buffer.byteLength(part) + 1;
    if (size + bytes > maxBytes) close();
    parts.push(part);
    size += bytes;
  }
  close();
  return frames;
};

/** Frames of one flush. Connections that hear the same get the same frames, which are made once. */
export class SharedFrames {
  /** The push buffer gives equal events as one object, so a single event is its own key. */
  readonly #made = new Map<ThoughtEvent | MessageEvent | string, string[]>();

  /** @see eventFrames */
  of(events: ThoughtEvent[]): string[] {
    const [first] = events;
    const key = first && events.length === 1 ? first : events.map(nameOf).join('\n');
    const known = this.#made.get(key);
    if (known) return known;
    const frames = eventFrames(events);
    this.#made.set(key, frames);
    return frames;
  }

  /** @see messageFrames */
  ofMessages(events: MessageEvent[]): string[] {
    const [first] = events;
    const key = first && events.length === 1 ? first : events.map(({ id, type }) => `${type} ${id}`).join(' ');
    const known = this.#made.get(key);
    if (known) return known;
    const frames = messageFrames(events);
    this.#made.set(key, frames);
    return frames;
  }
}

const nameOf = ({ id, channels }: ThoughtEvent): string => `${id} ${channels.join(' ')}`;

/** The frame that tells a client to read a channel's list again. */
export const gapFrame = (channel: string): string => JSON.stringify({ type: 'gap', channel });

/** Frames about a conversation other than its messages. */
export type ConversationFrame = Extract<ServerFrame, { type: `conversation.${string}` }>;

export const conversationFrame = (frame: ConversationFrame): string => JSON.stringify(frame);

/** What tells a client that the reader's relation to an author has changed. */
export const relationFrame = (relation: Omit<RelationFrame, 'type'>): string => {
  const frame: RelationFrame = { type: 'relation', ...relation };
  return JSON.stringify(frame);
};

const authorOf = ({ author }: ThoughtEvent): string => author;
const conversationOf = ({ conversationId }: MessageEvent): string => conversationId;

/** Each list's changes in the order of their numbers: an author's, or a conversation's. */
const inOrder = <Event extends { seq: number }>(events: Event[], listOf: (event: Event) => string): Event[] =>
  [...events].sort((a, b) => (listOf(a) === listOf(b) ? a.seq - b.seq : listOf(a) < listOf(b) ? -1 : 1));
