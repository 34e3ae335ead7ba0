/** A wait ends after so long in any case: a shard that was closed has no news, and is read to its end. */
const AT_MOST_MS = 1_000;

/** Tells whoever waits for them that a stream has new records. */
export class Announcements {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  announce(): void {
    this.#count++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when there have been more than `seen`, when the signal aborts, or after a second. */
  async moreThan(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#count > seen || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, AT_MOST_MS);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}
