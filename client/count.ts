import { idAt } from './channels.ts';

/** A server counts no more than 500; so many are remembered here. */
const MAX_IDS = 400;
/** A replay from so many back begins early enough to be whole. */
const MAX_REWIND = 350;
/** Entries may come into a timeline later than younger ones, as the server's own replays assume. */
const LATE_MS = 120_000;

/** Which thoughts of the timeline have come of late, to be held against the server's count. */
export class TimelineCount {
  /** From which id on they are counted. */
  from: string;
  readonly #ids = new Set<string>();

  constructor(from: string) {
    this.from = from;
  }

  note(id: string): void {
    if (id <= this.from) return;
    this.#ids.add(id);
    if (this.#ids.size <= MAX_IDS) return;
    // A busy timeline is counted from half as far back.
    const ids = [...this.#ids].sort();
    this.from = ids[MAX_IDS / 2] ?? this.from;
    this.#forget();
  }

  /** Whether fewer have come than the server has counted from `from`. */
  isShort(count: number, from: string): boolean {
    let heard = 0;
    for (const id of this.#ids) if (id > from) heard++;
    return heard < count;
  }

  /** Whether a replay from where it was counted reaches the end. */
  canRewind(count: number): boolean {
    return count <= MAX_REWIND;
  }

  /** What was made some minutes before this is counted no more. Milliseconds since 1970, by the server's clock. */
  moveTo(ms: number): void {
    const from = idAt(ms - LATE_MS);
    if (from > this.from) this.from = from;
    this.#forget();
  }

  #forget(): void {
    for (const id of this.#ids) if (id <= this.from) this.#ids.delete(id);
  }
}
