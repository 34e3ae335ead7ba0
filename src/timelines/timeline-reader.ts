import pMap from 'p-map';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { Thought, ThoughtReference } from '../thoughts/thought.ts';
import type { PageRequest, ThoughtStore } from '../thoughts/thought-store.ts';
import type { TimelineStore } from './timeline-store.ts';

/** How many of an author's latest thoughts a new follower, or one who comes back, finds in the timeline. */
export const BACKFILL = 100;
const AUTHORS_AT_ONCE = 8;
/** After so many authors a rebuild notes how far it is. */
const REBUILD_PAGE = 50;
const MIN_STEP = 25;
const MAX_STEP = 500;

interface Dependencies {
  thoughts: ThoughtStore;
  follows: FollowStore;
  timelines: TimelineStore;
  presence: PresenceStore;
}

/** A list of references, and what of it may be seen. */
interface Source {
  read: (page: PageRequest) => Promise<ThoughtReference[]>;
  allowed?: (references: ThoughtReference[]) => Promise<ThoughtReference[]>;
  belongs?: (thought: Thought) => boolean;
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
    if (presence.needsRebuild) await this.rebuild(reader, presence.rebuiltTo);
    return this.#fill(page, {
      read: (part) => this.#deps.timelines.timeline(reader, part),
      allowed: (references) => this.#allowed(reader, references),
    });
  }

  async topic(topic: string, page: PageRequest): Promise<Thought[]> {
    return this.#fill(page, {
      read: (part) => this.#deps.timelines.topic(topic, part),
      belongs: (thought) => thought.topics.includes(topic),
    });
  }

  async replies(thoughtId: string, page: PageRequest): Promise<Thought[]> {
    return this.#fill(page, { read: (part) => this.#deps.timelines.replies(thoughtId, part) });
  }

  /** Puts an author's latest thoughts into a follower's timeline. The edge is stored already, so nothing falls between. */
  async backfill(follower: string, author: string): Promise<void> {
    const thoughts = await this.#deps.thoughts.listOf(author, { limit: BACKFILL });
    await this.#deps.timelines.fill(follower, thoughts);
  }

  /**
   * Fills the timeline of a reader who was away. Since the reader counts as seen from before this starts, what is
   * posted meanwhile is fanned out as usual; a crash leaves the mark, and the next read goes on from there.
   */
  async rebuild(reader: string, rebuiltTo?: string): Promise<void> {
    if (rebuiltTo === undefined) await this.backfill(reader, reader);
    for (let after = rebuiltTo; ; ) {
      const authors = await this.#deps.follows.followingOf(reader, after, REBUILD_PAGE);
      await pMap(authors, (author) => this.backfill(reader, author), { concurrency: AUTHORS_AT_ONCE });
      after = authors.at(-1);
      if (after === undefined || authors.length < REBUILD_PAGE) break;
      await this.#deps.presence.rebuiltTo(reader, after);
    }
    await this.#deps.presence.rebuilt(reader);
  }

  /** Block, mute and unfollow hold here whatever has been delivered before. */
  async #allowed(reader: string, references: ThoughtReference[]): Promise<ThoughtReference[]> {
    const relations = await this.#deps.follows.relations(
      reader,
      references.map(({ author }) => author),
    );
    return references.filter(({ author }) => {
      if (author === reader) return true;
      const relation = relations.get(author);
      return relation?.follows === true && !relation.muted && !relation.blocked;
    });
  }

  /** Reads on until a page is full of what may be seen, or the list has ended: the further it must go, in larger steps. */
  async #fill(
    { after, limit, oldestFirst, tombstones }: PageRequest,
    { read, allowed = async (references) => references, belongs = () => true }: Source,
  ): Promise<Thought[]> {
    const found: Thought[] = [];
    let behind = after;
    for (let step = Math.max(limit, MIN_STEP); ; step = Math.min(MAX_STEP, step * 2)) {
      const references = await read({ after: behind, limit: step, oldestFirst });
      // Whose thoughts are not to be seen, those are not read either.
      const wanted = await allowed(references);
      const thoughts = await this.#deps.thoughts.getMany(wanted, tombstones);
      found.push(...wanted.flatMap(({ id }) => thoughts.get(id) ?? []).filter(belongs));
      behind = references.at(-1)?.id;
      if (references.length < step || found.length >= limit) return found.slice(0, limit);
    }
  }
}
