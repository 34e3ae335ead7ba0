import pMap from 'p-map';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { Thought, ThoughtReference } from '../thoughts/thought.ts';
import type { PageRequest, ThoughtStore } from '../thoughts/thought-store.ts';
import type { TimelineStore } from './timeline-store.ts';

/** How many of an author's latest thoughts a new follower, or one who comes back, finds in the timeline. */
export const BACKFILL = 100;
const AUTHORS_AT_ONCE = 8;
const MIN_STEP = 25;

interface Dependencies {
  thoughts: ThoughtStore;
  follows: FollowStore;
  timelines: TimelineStore;
  presence: PresenceStore;
}

/** Turns lists of references into what a reader may see: hydrated, filtered, and filled when it was not kept. */
export class TimelineReader {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** The reader's timeline, newest first. Reading it counts as being seen. */
  async timeline(reader: string, page: PageRequest): Promise<Thought[]> {
    const presence = await this.#deps.presence.seen(reader);
    if (presence.needsRebuild) await this.rebuild(reader);
    return this.#fill(
      page,
      (part) => this.#deps.timelines.timeline(reader, part),
      (found) => this.#mayRead(reader, found),
    );
  }

  async topic(topic: string, page: PageRequest): Promise<Thought[]> {
    return this.#fill(
      page,
      (part) => this.#deps.timelines.topic(topic, part),
      async (found) => found.filter((thought) => thought.topics.includes(topic)),
    );
  }

  async replies(thoughtId: string, page: PageRequest): Promise<Thought[]> {
    return this.#fill(
      page,
      (part) => this.#deps.timelines.replies(thoughtId, part),
      async (found) => found,
    );
  }

  /** Puts an author's latest thoughts into a follower's timeline. The edge is stored already, so nothing falls between. */
  async backfill(follower: string, author: string): Promise<void> {
    const thoughts = await this.#deps.thoughts.listOf(author, { limit: BACKFILL });
    await this.#deps.timelines.fill(follower, thoughts);
  }

  /**
   * Fills the timeline of a reader who was away. Since the reader counts as seen from before this starts, what is
   * posted meanwhile is fanned out as usual; a crash leaves the mark, and the next read starts again.
   */
  async rebuild(reader: string): Promise<void> {
    const following = await this.#deps.follows.followingOf(reader);
    const authors = [reader, ...following];
    await pMap(authors, (author) => this.backfill(reader, author), { concurrency: AUTHORS_AT_ONCE });
    await this.#deps.presence.rebuilt(reader);
  }

  /** Block, mute and unfollow hold here whatever has been delivered before. */
  async #mayRead(reader: string, thoughts: Thought[]): Promise<Thought[]> {
    const relations = await this.#deps.follows.relations(
      reader,
      thoughts.map(({ author }) => author),
    );
    return thoughts.filter(({ author }) => {
      if (author === reader) return true;
      const relation = relations.get(author);
      return relation?.follows === true && !relation.muted && !relation.blocked;
    });
  }

  /** Reads on until a page is full of what may be seen, or the list has ended. */
  async #fill(
    { after, limit, oldestFirst, tombstones }: PageRequest,
    read: (page: PageRequest) => Promise<ThoughtReference[]>,
    filter: (thoughts: Thought[]) => Promise<Thought[]>,
  ): Promise<Thought[]> {
    const found: Thought[] = [];
    // Where much is filtered, a small page must not cost a read for each entry that falls out.
    const step = Math.max(limit, MIN_STEP);
    let behind = after;
    for (;;) {
      const references = await read({ after: behind, limit: step, oldestFirst });
      const thoughts = await this.#deps.thoughts.getMany(references, tombstones);
      found.push(...(await filter(references.flatMap(({ id }) => thoughts.get(id) ?? []))));
      behind = references.at(-1)?.id;
      if (references.length < step || found.length >= limit) return found.slice(0, limit);
    }
  }
}
