import { MINUTE } from '../runtime/runtime.ts';
import type { Reference } from '../thoughts/page.ts';
import { firstIdAt, timeOfId } from '../thoughts/thought.ts';
import type { ThoughtList } from '../thoughts/thought-list.ts';

/**
 * A thought may enter a list later than younger ones. So a replay starts this many milliseconds before the client's newest
 * thought, but at most this many references before it, so that a replay of a busy list reaches the new ones.
 */
export const OVERLAP_MS = 2 * MINUTE;
export const OVERLAP_REFERENCES = 100;
/** With more references than this in the overlap, the list is read backwards to find the start. */
const MAX_FORWARDS = 3 * OVERLAP_REFERENCES;

/** The references of a replay: those of the overlap before `since`, and all after it, oldest first. */
export async function* replayReferences(
  list: ThoughtList,
  since: string,
  limit: number,
  overlapMs = OVERLAP_MS,
): AsyncGenerator<Reference> {
  const after = firstIdAt(timeOfId(since) - overlapMs);
  const forwards = list.references({ after, limit, oldestFirst: true });
  const before: Reference[] = [];
  for (;;) {
    const next = await forwards.next();
    if (!next.done && next.value.id <= since) {
      before.push(next.value);
      if (before.length <= MAX_FORWARDS) continue;
      yield* backwards(list, since);
      yield* list.references({ after: since, limit, oldestFirst: true });
      return;
    }
    yield* before.slice(-OVERLAP_REFERENCES);
    if (next.done) return;
    yield next.value;
    yield* forwards;
    return;
  }
}

/** The last references up to `since`, itself included, oldest first. */
async function* backwards(list: ThoughtList, since: string): AsyncGenerator<Reference> {
  const found: Reference[] = [];
  for await (const reference of list.references({ after: `${since}~`, limit: OVERLAP_REFERENCES })) {
    found.push(reference);
    if (found.length >= OVERLAP_REFERENCES) break;
  }
  yield* found.reverse();
}
