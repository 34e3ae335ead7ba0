/**
 * Identical reads at the same time become one. A read that has begun may not see what its later callers rely on, so those who
 * ask while one is under way share the next.
 */
export class SharedReads<Answer> {
  readonly #underWay = new Map<string, Promise<Answer>>();
  readonly #next = new Map<string, Promise<Answer>>();

  /** @param name reads of the same name give the same answer */
  read(name: string, read: () => Promise<Answer>): Promise<Answer> {
    const next = this.#next.get(name);
    if (next) return next;
    const answer = this.#readAfter(this.#underWay.get(name), name, read).finally(() => {
      if (this.#underWay.get(name) === answer) this.#underWay.delete(name);
    });
    this.#next.set(name, answer);
    return answer;
  }

  async #readAfter(before: Promise<Answer> | undefined, name: string, read: () => Promise<Answer>): Promise<Answer> {
    // Its failure is told to those who asked for it.
    await before?.catch(() => {});
    // Whoever asks in the same turn shares this read.
    await Promise.resolve();
    const answer = this.#next.get(name);
    this.#next.delete(name);
    if (answer) this.#underWay.set(name, answer);
    return read();
  }
}
