import type { Thought } from '../../client/index.ts';

/** In each text that people post or edit: `person3 thinks 1x9`, `person3 rather thinks 1x9`. */
const VERB = ' thinks ';
/** What stands before and behind the verb of a text. */
const SUBJECT = /\w+(?: rather)?$/;
const OBJECT = /^[0-9a-z]+/;
/** More characters than a subject or an object has. */
const REACH = 40;

/** The texts in this content, each once. */
const textsIn = (content: string): Set<string> => {
  const texts = new Set<string>();
  for (let at = content.indexOf(VERB); at !== -1; at = content.indexOf(VERB, at + VERB.length)) {
    const behind = at + VERB.length;
    const [subject] = SUBJECT.exec(content.slice(Math.max(0, at - REACH), at)) ?? [];
    const [object] = OBJECT.exec(content.slice(behind, behind + REACH)) ?? [];
    texts.add(`${subject}${VERB}${object}`);
  }
  return texts;
};

/** The texts of thoughts that were deleted or have expired. */
export class DeletedTexts {
  readonly #gone = new Map<string, { id: string; from: number }>();
  /** Texts that people may have posted twice. The second thought may be there when the first is gone. */
  readonly #twice = new Set<string>();
  readonly #afterMs: number;

  /** @param afterMs milliseconds after a deletion or an expiry in which a delivery may still be on its way */
  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** @param from when it was deleted, or expires; milliseconds since 1970 */
  add({ id, text }: Thought, from: number): void {
    this.#gone.set(text, { id, from });
  }

  postedTwice(text: string): void {
    this.#twice.add(text);
  }

  /** The thoughts whose text is in this content though they are gone, and for how many milliseconds they have been gone. */
  found(content: string, now: number): { id: string; goneMs: number }[] {
    if (this.#gone.size === 0) return [];
    return [...textsIn(content)].flatMap((text) => {
      const gone = this.#gone.get(text);
      const isLate = gone && now > gone.from + this.#afterMs && !this.#twice.has(text);
      return isLate ? [{ id: gone.id, goneMs: now - gone.from }] : [];
    });
  }
}
