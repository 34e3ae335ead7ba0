/** The longest wait in milliseconds. A closed shard gets no announcement, and must still be read to its end. */
const AT_MOST_MS = 1_000;

/** Announces new records of a stream to readers that wait for them. */
export class RecordSignal {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** The number of announcements so far. */
  get count(): number {
    return this.#count;
  }

  announce(): void {
    this.#count++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when the number of announcements exceeds `seen`, when the signal aborts, or after a second. */
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
