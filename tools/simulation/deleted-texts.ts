import type { Thought } from '../../client/index.ts';

/** The texts of thoughts that were deleted or have expired. */
export class DeletedTexts {
  readonly #texts: { text: string; id: string; from: number }[] = [];
  /** Texts that people may have posted twice. The second thought may be there when the first is gone. */
  readonly #twice = new Set<string>();
  readonly #afterMs: number;

  /** @param afterMs milliseconds after a deletion or an expiry in which a delivery may still be on its way */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** @param from when it was deleted, or expires; milliseconds since 1970 */
  add({ id, text }: Thought, from: number): void {
    this.#texts.push({ text, id, from });
  }

  postedTwice(text: string): void {
    this.#twice.add(text);
  }

  /** The thoughts whose text is in this content though they are gone, and for how many milliseconds they have been gone. */
  found(content: string, now: number): { id: string; goneMs: number }[] {
    const isLate = ({ text, from }: { text: string; from: number }) =>
      now > from + this.#afterMs && !this.#twice.has(text) && content.includes(text);
    const late = this.#texts.filter(isLate);
    return late.map(({ id, from }) => ({ id, goneMs: now - from }));
  }
}
