/** So many frames are remembered: most are pushed to many at about the same time. */
const REMEMBERED = 200;

/** What is in the frames that are pushed: one text goes to many devices, and is read once. */
export class Frames {
  readonly #events = new Map<string, FrameEvent[]>();

  /** The events of a frame; none of a frame that has something else. */
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
