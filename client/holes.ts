/** How often a hole is asked for, each time after twice as long, before it is told as a gap. */
export const HOLE_TRIES = 5;
/** A timer may fire this much early. */
const EARLY_MS = 1;

/** Authors of whom a number is missing: how often each was asked for in vain, and when it is time to ask again. */
export class Holes {
  readonly #holes = new Map<string, { tries: number; dueAt: number }>();
  readonly #holeMs: number;

  constructor(holeMs: number) {
    this.#holeMs = holeMs;
  }

  /** These are holes now, and no others. @returns the milliseconds until the first of them is due */
  update(authors: string[], now: number): number {
    for (const author of this.#holes.keys()) if (!authors.includes(author)) this.#holes.delete(author);
    for (const author of authors) if (!this.#holes.has(author)) this.#set(author, 0, now);
    return Math.max(0, Math.min(...[...this.#holes.values()].map(({ dueAt }) => dueAt)) - now);
  }

  isDue(author: string, now: number): boolean {
    return (this.#holes.get(author)?.dueAt ?? Number.POSITIVE_INFINITY) <= now + EARLY_MS;
  }

  /** It was asked for, and is there still. @returns whether it may be asked for once more */
  mayAskAgain(author: string, now: number): boolean {
    const tries = this.#holes.get(author)?.tries ?? 0;
    if (tries >= HOLE_TRIES) return false;
    // A replay for another's hole is no try of this one.
    if (this.isDue(author, now)) this.#set(author, tries + 1, now);
    return true;
  }

  /** Asking failed: those that are due wait once more as long. */
  postpone(now: number): void {
    for (const [author, { tries }] of this.#holes) if (this.isDue(author, now)) this.#set(author, tries, now);
  }

  #set(author: string, tries: number, now: number): void {
    this.#holes.set(author, { tries, dueAt: now + this.#holeMs * 2 ** tries });
  }
}
