/**
 * Lanes finish records out of order; the checkpoint may only move over those that are done without a hole.
 * After a restart everything behind it is read again: at least once, never not at all.
 */
export class CompletedPrefix {
  readonly #open: { sequenceNumber: string; isDone: boolean }[] = [];
  readonly #bySequence = new Map<string, { sequenceNumber: string; isDone: boolean }>();
  /** The last of the completed prefix. */
  checkpoint: string | undefined;

  /** Notes a record, in the order of reading. */
  read(sequenceNumber: string): void {
    const entry = { sequenceNumber, isDone: false };
    this.#open.push(entry);
    this.#bySequence.set(sequenceNumber, entry);
  }

  done(sequenceNumber: string): void {
    const entry = this.#bySequence.get(sequenceNumber);
    if (entry) entry.isDone = true;
    let completed = 0;
    for (const { isDone, sequenceNumber: at } of this.#open) {
      if (!isDone) break;
      completed++;
      this.checkpoint = at;
      this.#bySequence.delete(at);
    }
    this.#open.splice(0, completed);
  }

  /** The first record that is not done. */
  get firstOpen(): string | undefined {
    return this.#open[0]?.sequenceNumber;
  }

  /** How many records were read and are not yet in the prefix. */
  get size(): number {
    return this.#open.length;
  }
}
