/** The most frames that are remembered. Few are enough, because a frame goes to many devices at about the same time. */
const REMEMBERED = 200;

/** Parses pushed frames. The same text goes to many devices, so its events are remembered. */
export class Frames {
  readonly #events = new Map<string, FrameEvent[]>();

  /** The events of a frame; an empty list for a frame of another type. */
  eventsOf(frame: string): FrameEvent[] {
    const known = this.#events.get(frame);
    if (known) return known;
    const { events = [] } = frame.startsWith('{') ? (JSON.parse(frame) as { events?: FrameEvent[] }) : {};
    if (this.#events.size >= REMEMBERED) this.#events.clear();
    this.#events.set(frame, events);
    return events;
  }
}

interface FrameEvent {
  id: string;
  author: string;
}
