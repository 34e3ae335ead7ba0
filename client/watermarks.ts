/** The smallest UUIDv7 of a millisecond. */
export const idAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/** Entries may come into a timeline later than younger ones, as the server's own replays assume. */
const LATE_MS = 120_000;

const max = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b);

/** From where each channel is to be replayed, and which thoughts of the timeline have come. */
export class Watermarks {
  /** All before this has come, as far as is known. */
  readonly #since = new Map<string, string>();
  /** The newest that has come on a connection whose replay is not over: it says nothing of what came before it. */
  readonly #seen = new Map<string, string>();
  readonly #heard = new Set<string>();
  #isWhole = false;
  /** From where the timeline's entries are counted. */
  countedFrom: string;

  constructor(channels: string[], since = '') {
    for (const channel of ['timeline', ...channels]) this.#since.set(channel, since);
    this.countedFrom = since;
  }

  get channels(): IterableIterator<string> {
    return this.#since.keys();
  }

  has(channel: string): boolean {
    return this.#since.has(channel);
  }

  since(channel: string): string {
    return this.#since.get(channel) ?? '';
  }

  add(channel: string): void {
    if (!this.#since.has(channel)) this.#since.set(channel, this.since('timeline'));
  }

  remove(channel: string): void {
    this.#since.delete(channel);
  }

  /** A new connection begins. */
  freeze(): void {
    this.#isWhole = false;
  }

  /** The first connection: what was before is the app's to read. */
  start(ms: number): void {
    const id = idAt(ms);
    for (const [channel, since] of this.#since) this.#since.set(channel, max(since, id));
    this.countedFrom = id;
    this.replayed();
  }

  note(channel: string, thoughtId: string): void {
    if (channel === 'timeline') this.#heard.add(thoughtId);
    const marks = this.#isWhole ? this.#since : this.#seen;
    if (this.#since.has(channel)) marks.set(channel, max(marks.get(channel), thoughtId));
  }

  /** A replay has brought all that was missing. */
  replayed(): void {
    this.#isWhole = true;
    for (const [channel, id] of this.#seen) this.note(channel, id);
    this.#seen.clear();
    // A quiet channel moves on as well, or each replay would bring its last thought again.
    for (const [channel, since] of this.#since) this.#since.set(channel, max(since, this.countedFrom));
  }

  /** Whether fewer of the timeline's thoughts have come than the server has counted. */
  isShort(count: number): boolean {
    let heard = 0;
    for (const id of this.#heard) if (id > this.countedFrom) heard++;
    return heard < count;
  }

  /** The next replay of the timeline goes over all that was counted. */
  rewind(): void {
    if (this.countedFrom < this.since('timeline')) this.#since.set('timeline', this.countedFrom);
  }

  /** What was made this much before now is counted no more. */
  recount(nowMs: number): void {
    this.countedFrom = max(this.countedFrom, idAt(nowMs - LATE_MS));
    for (const id of this.#heard) if (id <= this.countedFrom) this.#heard.delete(id);
  }
}
