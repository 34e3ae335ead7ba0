import type { MessageEvent } from '../../client/index.ts';

/** The messages that one app was given, and the conversations of which it was told a gap. The app reads these anew by itself. */
export class ReceivedMessages {
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

  /** Whether the app has a message of this time: it was given, or the app has read the conversation after it. */
  has(conversationId: string, place: number, at: number): boolean {
    if (this.#places.get(conversationId)?.has(place)) return true;
    return at <= (this.#gaps.get(conversationId) ?? Number.NEGATIVE_INFINITY);
  }
}
