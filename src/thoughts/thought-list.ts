import type { Runtime } from '../runtime/runtime.ts';
import { type HydrationOptions, hydrate } from './hydration.ts';
import { MAX_EXAMINED, type Page, type PageRequest, type Reference } from './page.ts';
import type { Thought } from './thought.ts';
import type { ThoughtCache } from './thought-cache.ts';

/** Those of some authors of whom a reader sees nothing. */
export type HiddenAmong = (authors: string[]) => Promise<Set<string>>;

/** Where a list's references come from, and which of them it shows. */
export interface ListSettings {
  /** In the order that the request asks for; read on only as far as somebody takes. */
  references: (request: PageRequest) => AsyncGenerator<Reference>;
  /** Left out: all of them. */
  isWanted?: (reference: Reference) => boolean;
  /** Asked for the authors of a page only: how many others block the reader has no bound. Left out: nobody is hidden. */
  hiddenAmong?: HiddenAmong;
  /** Whether a thought still belongs to this list; an edit may have removed it. */
  belongs?: (thought: Thought) => boolean;
  isFresh?: HydrationOptions['isFresh'];
}

interface Dependencies {
  cache: ThoughtCache;
  runtime: Runtime;
  settings: ListSettings;
}

/** One reader's view of one list of thoughts: its references, and pages of what may be seen. */
export class ThoughtList {
  readonly #cache: ThoughtCache;
  readonly #runtime: Runtime;
  readonly #settings: ListSettings;

  constructor({ cache, runtime, settings }: Dependencies) {
    this.#cache = cache;
    this.#runtime = runtime;
    this.#settings = settings;
  }

  /** The references that are shown as far as their authors go; deleted thoughts are among them. */
  async *references(request: PageRequest): AsyncGenerator<Reference> {
    const { references, isWanted = () => true } = this.#settings;
    for await (const reference of references(request)) if (isWanted(reference)) yield reference;
  }

  /**
   * A page. It ends when it is full, or when enough references were examined: then it is short and has a `next`.
   * @param references where to begin otherwise than behind the request's `after`
   */
  async page(request: PageRequest, references?: AsyncIterable<Reference>): Promise<Page> {
    const { isWanted = () => true } = this.#settings;
    const thoughts: Thought[] = [];
    let wanted: Reference[] = [];
    let examined = 0;
    for await (const reference of references ?? this.#settings.references(request)) {
      examined++;
      if (isWanted(reference)) wanted.push(reference);
      const isEnough = examined >= MAX_EXAMINED + request.limit;
      if (thoughts.length + wanted.length < request.limit && !isEnough) continue;
      thoughts.push(...(await this.#visible(wanted, request)));
      wanted = [];
      if (isEnough || thoughts.length >= request.limit) return { thoughts, next: reference.id };
    }
    thoughts.push(...(await this.#visible(wanted, request)));
    return { thoughts };
  }

  async #visible(references: Reference[], { tombstones }: PageRequest): Promise<Thought[]> {
    const { belongs = () => true, hiddenAmong, isFresh } = this.#settings;
    const options = { now: this.#runtime.now(), tombstones, ...(isFresh && { isFresh }) };
    const authors = [...new Set(references.map(({ author }) => author))];
    const hidden = hiddenAmong && authors.length > 0 ? await hiddenAmong(authors) : new Set<string>();
    const shown = references.filter(({ author }) => !hidden.has(author));
    const thoughts = await hydrate(this.#cache, shown, options);
    return thoughts.filter((thought) => thought.deletedAt !== undefined || belongs(thought));
  }
}
