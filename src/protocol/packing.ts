import type { LiveEvent } from './live-event.ts';
import type { RelationFrame } from './server-frames.ts';

/** What one message may carry and still be metered, and sent, as one frame. */
export const FRAME_BYTES = 32 * 1024;

/** The start and the end of an `events` frame around its events. */
const HEAD = '{"type":"events","events":[';
const TAIL = ']}';

/** Events of one connection, put into as few frames of at most `maxBytes` as hold them; one larger event goes alone. */
export const eventFrames = (events: LiveEvent[], maxBytes = FRAME_BYTES): string[] => {
  const frames: string[] = [];
  let parts: string[] = [];
  let size = HEAD.length + TAIL.length;
  const close = () => {
    if (parts.length > 0) frames.push(HEAD + parts.join(',') + TAIL);
    parts = [];
    size = HEAD.length + TAIL.length;
  };
  for (const event of inOrder(events)) {
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
  /** An outbox shares its events, so one that comes alone is known by itself. */
  readonly #made = new Map<LiveEvent | string, string[]>();

  /** @see eventFrames */
  of(events: LiveEvent[]): string[] {
    const [first] = events;
    const key = first && events.length === 1 ? first : events.map(nameOf).join('\n');
    const known = this.#made.get(key);
    if (known) return known;
    const frames = eventFrames(events);
    this.#made.set(key, frames);
    return frames;
  }
}

const nameOf = ({ id, channels }: LiveEvent): string => `${id} ${channels.join(' ')}`;

/** What tells a client to read a channel's list anew. */
export const gapFrame = (channel: string): string => JSON.stringify({ type: 'gap', channel });

/** What tells a client that the reader's relation to an author has changed. */
export const relationFrame = (relation: Omit<RelationFrame, 'type'>): string => {
  const frame: RelationFrame = { type: 'relation', ...relation };
  return JSON.stringify(frame);
};

/** Each author's changes in the order of their numbers. */
const inOrder = (events: LiveEvent[]): LiveEvent[] =>
  [...events].sort((a, b) => (a.author === b.author ? a.seq - b.seq : a.author < b.author ? -1 : 1));
