import type { Presence } from '../connections/presence.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { Source } from '../follows/edge.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { AuthorHead } from '../thoughts/author-head.ts';
import { fillAll, firstOf, ListSource, type ReadPart } from '../thoughts/list-source.ts';
import type { PageRequest, Reference } from '../thoughts/page.ts';
import { firstIdAt } from '../thoughts/thought.ts';
import type { ThoughtLists } from '../thoughts/thought-lists.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';
import type { TimelineStore } from './timeline-store.ts';

export interface TimelineSettings {
  /** Entries of thoughts older than this are not relied on. They stay in the table for a day longer at least. */
  retentionMs: number;
}

interface Dependencies {
  thoughts: ThoughtStore;
  lists: ThoughtLists;
  follows: FollowStore;
  timelines: TimelineStore;
  presence: PresenceStore;
  runtime: Runtime;
  settings: TimelineSettings;
}

/** Sorts behind every id. */
const LAST = '~';
const ENTRY_STEP = 25;
const LIST_STEP = 5;
/** For this long after a connection opened, all reads are consistent, so that each thought is in the page or in a push. */
const YOUNG_MS = 60_000;

/** An author whose thoughts below `top` are not all among the entries. */
interface ColdList {
  author: string;
  top: string;
  consistent: boolean;
}

/** Data that a page needs for every reader. It is read at the same time as the edges. */
interface ReadAhead {
  request: PageRequest;
  entries: Reference[];
  reader: string;
  /** The reader's own head; empty when the reader has never posted. */
  heads: Map<string, AuthorHead>;
}

/** What must be known of a reader to read the timeline. */
export interface TimelineReading {
  references: (request: PageRequest) => AsyncGenerator<Reference>;
  /** Whose thoughts belong to the timeline. An entry of anybody else is left from before an unfollow or a mute. */
  isHeard: (reference: Reference) => boolean;
  /** Whose thoughts must be read consistently. */
  isFresh: (reference: Reference) => boolean;
  edges: Source[];
}

/**
 * A timeline is the thoughts of those whom one follows and has not muted, and one's own. Entries are a cache of it: they
 * are complete for what was made since an edge became warm, since the reader came back, and within the retention.
 * Below that, each author's own list is read. The lists are merged by id.
 */
export class MergedTimeline {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /**
   * Reading a timeline counts as being seen. Presence, edges and entries are read at once, because their order does not
   * matter: entries are used only for thoughts made at least a margin after a change of the edge or of the presence.
   * @param first the first page; without it, the entries of a page are read when the page is requested
   */
  async open(reader: string, first?: PageRequest): Promise<TimelineReading> {
    const { follows, presence: presences, runtime } = this.#deps;
    const [presence, edges, ahead] = await Promise.all([
      presences.seen(reader),
      follows.sourcesOf(reader),
      first && this.#readAhead(reader, first),
    ]);
    const now = runtime.now();
    const isYoung = presence.connections.some(({ connectedAt }) => connectedAt > now - YOUNG_MS);
    const cold = this.#coldLists(reader, presence, edges, isYoung, now);
    const heard = new Set(cold.map(({ author }) => author));
    const fresh = new Set(cold.filter(({ consistent }) => consistent).map(({ author }) => author));
    return {
      references: (request) => this.#merge(reader, request, cold, request === ahead?.request ? ahead : undefined),
      isHeard: ({ author }) => heard.has(author),
      isFresh: ({ author }) => fresh.has(author),
      edges,
    };
  }

  async #readAhead(reader: string, request: PageRequest): Promise<ReadAhead> {
    const { thoughts } = this.#deps;
    const [entries, heads] = await Promise.all([
      this.#readEntries(reader, request.oldestFirst)(request.after ?? '', firstStep(request)),
      thoughts.heads([reader], { consistent: true }),
    ]);
    return { request, entries, reader, heads };
  }

  /** From where on each author's own list is needed. One's own has no entries at all. */
  #coldLists(reader: string, presence: Presence, edges: Source[], isYoung: boolean, now: number): ColdList[] {
    // No entry is relied on below this. Of most edges it is the top, which is made once.
    const oldest = Math.max(presence.entriesFrom, now - this.#deps.settings.retentionMs);
    const oldestTop = topAt(oldest);
    const lists: ColdList[] = [{ author: reader, top: LAST, consistent: true }];
    for (const { author, muted, delivery, warmFrom } of edges) {
      if (muted) continue;
      const completeTop = warmFrom > oldest ? topAt(warmFrom) : oldestTop;
      const top = delivery === 'entry' ? completeTop : LAST;
      lists.push({ author, top, consistent: isYoung || warmFrom > now });
    }
    return lists;
  }

  /** Newest first, a list is opened when the merge gets down to its top; oldest first, all that begin behind `after`. */
  async *#merge(
    reader: string,
    request: PageRequest,
    cold: ColdList[],
    ahead: ReadAhead | undefined,
  ): AsyncGenerator<Reference> {
    const { after, oldestFirst = false } = request;
    const below = ({ top, ...list }: ColdList): ColdList => ({
      ...list,
      top: after !== undefined && !oldestFirst && after < top ? after : top,
    });
    const start = { behind: after ?? '', step: firstStep(request) };
    const open = [new ListSource(start, this.#readEntries(reader, oldestFirst), ahead?.entries)];
    let closed = oldestFirst ? cold.filter(({ top }) => top > (after ?? '')) : cold;
    let highest = highestTop(closed);
    for (;;) {
      await fillAll(open);
      const first = firstOf(open, oldestFirst);
      const isDue = ({ top }: { top: string }) => oldestFirst || first === undefined || top > first.id;
      const due = isDue({ top: highest }) ? closed.filter(isDue) : [];
      if (due.length > 0) {
        closed = closed.filter((list) => !isDue(list));
        highest = highestTop(closed);
        open.push(...(await this.#open(due.map(below), request, ahead)));
      } else if (first) {
        for (const source of open) source.take(first.id);
        yield first;
      } else {
        return;
      }
    }
  }

  #readEntries(reader: string, oldestFirst: boolean | undefined): ReadPart {
    return (behind, step) =>
      this.#deps.timelines.timeline(reader, { after: behind || undefined, limit: step, oldestFirst });
  }

  /** The lists of these authors: what their heads have of them, and their partitions behind that. */
  async #open(
    due: ColdList[],
    { after, oldestFirst }: PageRequest,
    ahead: ReadAhead | undefined,
  ): Promise<ListSource[]> {
    const { thoughts } = this.#deps;
    const unread = due.filter(({ author }) => author !== ahead?.reader);
    const { strict = [], loose = [] } = Object.groupBy(unread, ({ consistent }) => (consistent ? 'strict' : 'loose'));
    const names = (lists: ColdList[]) => lists.map(({ author }) => author);
    const found = await Promise.all([
      thoughts.heads(names(strict), { consistent: true }),
      thoughts.heads(names(loose), { consistent: false }),
    ]);
    const heads = new Map([...(ahead?.heads ?? []), ...found[0], ...found[1]]);
    return due.flatMap((list) => {
      const head = heads.get(list.author);
      // Whoever has never posted has no head.
      if (!head) return [];
      return oldestFirst ? this.#oldestFirst(list, head, after ?? '') : this.#newestFirst(list, head);
    });
  }

  #newestFirst({ author, top, consistent }: ColdList, { recent, isWhole }: AuthorHead): ListSource {
    const ids = recent.filter((id) => id < top);
    const behind = ids.length > 0 ? (recent.at(-1) ?? top) : top;
    const start = { behind, step: LIST_STEP, isOver: isWhole, buffer: ids.map((id) => ({ author, id })) };
    return new ListSource(start, (after, limit) =>
      this.#deps.lists.references(author, { before: after, limit, consistent }),
    );
  }

  #oldestFirst({ author, top, consistent }: ColdList, { recent, isWhole }: AuthorHead, after: string): ListSource {
    const isCovered = isWhole || after >= (recent.at(-1) ?? LAST);
    const ids = isCovered ? recent.filter((id) => id > after && id < top).reverse() : [];
    const start = { behind: after, step: LIST_STEP, isOver: isCovered, buffer: ids.map((id) => ({ author, id })) };
    return new ListSource(start, (from, limit) =>
      this.#deps.lists.references(author, { from, before: top, limit, consistent, oldestFirst: true }),
    );
  }
}

const firstStep = ({ limit }: PageRequest): number => Math.max(limit, ENTRY_STEP);

const topAt = (ms: number): string => (ms < Number.MAX_SAFE_INTEGER ? firstIdAt(ms) : LAST);

const highestTop = (lists: ColdList[]): string => {
  let highest = '';
  for (const { top } of lists) if (top > highest) highest = top;
  return highest;
};
