import type { DeliveryAdvisor } from '../follows/delivery-advisor.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ListSource, mergeSources } from '../thoughts/list-source.ts';
import type { Page, PageRequest, Reference } from '../thoughts/page.ts';
import type { ThoughtCache } from '../thoughts/thought-cache.ts';
import { type HiddenAmong, type ListSettings, ThoughtList } from '../thoughts/thought-list.ts';
import type { MergedTimeline } from './merged-timeline.ts';
import type { TimelineStore } from './timeline-store.ts';

const STEP = 25;

interface Dependencies {
  cache: ThoughtCache;
  timelines: TimelineStore;
  merged: MergedTimeline;
  advisor: DeliveryAdvisor;
  runtime: Runtime;
}

export interface OpenTimeline {
  list: ThoughtList;
  /** Whether the timeline shows an author's thoughts. */
  isHeard: (author: string) => boolean;
  /** The authors whose thoughts it shows, beside the reader's own. */
  authors: string[];
}

/** Turns lists of references into what a reader may see. */
export class TimelineReader {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** A page of the reader's timeline. Its first page now and then changes how an author is delivered. */
  async timelinePage(reader: string, request: PageRequest): Promise<Page> {
    const { merged, advisor } = this.#deps;
    const reading = await merged.open(reader, request);
    const isFirst = request.after === undefined && !request.oldestFirst;
    const [page] = await Promise.all([
      this.#timelineList(reading).page(request),
      isFirst && advisor.review(reader, reading.edges),
    ]);
    return page;
  }

  /** The reader's timeline. Opening it counts as being seen. */
  async timeline(reader: string): Promise<ThoughtList> {
    return (await this.openTimeline(reader)).list;
  }

  /** The same, with whose thoughts it shows: one reading of the edges serves for both. */
  async openTimeline(reader: string): Promise<OpenTimeline> {
    const reading = await this.#deps.merged.open(reader);
    const isHeard = (author: string) => reading.isHeard({ author, id: '' });
    const authors = reading.edges.map(({ author }) => author).filter(isHeard);
    return { list: this.#timelineList(reading), isHeard, authors };
  }

  topic(topic: string, hiddenAmong?: HiddenAmong): ThoughtList {
    return this.#list((page) => this.#deps.timelines.topic(topic, page), {
      belongs: (thought) => thought.topics.includes(topic),
      ...(hiddenAmong && { hiddenAmong }),
    });
  }

  replies(thoughtId: string): ThoughtList {
    return this.#list((page) => this.#deps.timelines.replies(thoughtId, page));
  }

  #timelineList({ references, isHeard, isFresh }: Awaited<ReturnType<MergedTimeline['open']>>): ThoughtList {
    const { cache, runtime } = this.#deps;
    return new ThoughtList({ cache, runtime, settings: { references, isWanted: isHeard, isFresh } });
  }

  #list(read: (page: PageRequest) => Promise<Reference[]>, more: Partial<ListSettings> = {}): ThoughtList {
    const references = ({ after, limit, oldestFirst }: PageRequest) => {
      const start = { behind: after ?? '', step: Math.max(limit, STEP) };
      const source = new ListSource(start, (behind, step) =>
        read({ after: behind || undefined, limit: step, oldestFirst }),
      );
      return mergeSources([source], oldestFirst);
    };
    const { cache, runtime } = this.#deps;
    return new ThoughtList({ cache, runtime, settings: { references, isFresh: () => true, ...more } });
  }
}
