import type { MessageEvent } from '../../client/index.ts';

/** What one app was given of conversations, and of which it was told a gap: those it reads anew by itself. */
export class HeardTalks {
  readonly #places = new Map<string, Set<number>>();
  /** Milliseconds since 1970. */
  readonly #gaps = new Map<string, number>();

  given({ conversationId, place }: MessageEvent): void {
    this.#places.set(conversationId, (this.#places.get(conversationId) ?? new Set()).add(place));
  }

  /** @param now milliseconds since 1970 */
  gap(conversationId: string, now: number): void {
    this.#gaps.set(conversationId, now);
  }

  /** Whether a message of this time was given, or whoever reads after the last gap has it. */
  has(conversationId: string, place: number, at: number): boolean {
    if (this.#places.get(conversationId)?.has(place)) return true;
    return at <= (this.#gaps.get(conversationId) ?? Number.NEGATIVE_INFINITY);
  }
}
