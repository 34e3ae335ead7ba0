import { feedPartitions, keys, lists, referenceOf } from '../keys/keys.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Table } from '../table/table.ts';
import { ListSource, mergeSources } from './list-source.ts';
import type { PageRequest, Reference } from './page.ts';
import type { ThoughtCache } from './thought-cache.ts';
import { type ThoughtItem, toThought } from './thought-items.ts';
import { type HiddenAmong, ThoughtList } from './thought-list.ts';

/** Sorts behind every id. */
const LAST = '~';
/** So many more of each shard than its part, for no page is spread quite evenly. */
const FEED_STEP = 3;

export interface ReferenceRequest {
  /** Both ends are left out. `''` and `~` stand for the list's ends. */
  from?: string;
  before: string;
  limit: number;
  oldestFirst?: boolean;
  consistent: boolean;
}

interface Dependencies {
  table: Table;
  runtime: Runtime;
  cache: ThoughtCache;
  /** Over how many partitions the feed of all thoughts is spread. */
  feedShards: number;
}

/** Lists that are read from the items of the thoughts themselves. */
export class ThoughtLists {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #cache: ThoughtCache;
  readonly #feedShards: number;

  constructor({ table, runtime, cache, feedShards }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#cache = cache;
    this.#feedShards = feedShards;
  }

  /** A part of an author's list, newest first unless asked otherwise, deleted and expired thoughts included. */
  async references(author: string, request: ReferenceRequest): Promise<Reference[]> {
    const { from = '', before, limit, oldestFirst = false, consistent } = request;
    const key = (id: string) => keys.thought(author, id).sk;
    const range = oldestFirst
      ? { from: key(from), to: key(before), after: from === '' ? undefined : key(from) }
      : { from: key(from), to: key(LAST), after: before === LAST ? undefined : key(before), newestFirst: true };
    const query = { pk: lists.thoughtsOf(author).pk, ...range, limit, consistent };
    return (await this.#table.query<ThoughtItem>(query)).map(toReference);
  }

  /** An author's thoughts. */
  of(author: string, hiddenAmong?: HiddenAmong): ThoughtList {
    const references = ({ after, limit, oldestFirst }: PageRequest) => {
      const source = new ListSource({ behind: after ?? '', step: limit }, async (behind, count) => {
        const part = { after: behind && keys.thought(author, behind).sk, limit: count, newestFirst: !oldestFirst };
        const query = { ...lists.thoughtsOf(author), ...part, consistent: true };
        return (await this.#table.query<ThoughtItem>(query)).map(toReference);
      });
      return mergeSources([source], oldestFirst);
    };
    return this.#list(references, hiddenAmong);
  }

  /** Everybody's thoughts. The index may be some seconds behind. */
  all(hiddenAmong?: HiddenAmong): ThoughtList {
    const references = ({ after, limit, oldestFirst }: PageRequest) => {
      // Each shard holds about an equal part of any page.
      const step = Math.ceil(limit / this.#feedShards) + FEED_STEP;
      const sources = feedPartitions(this.#feedShards).map(
        (pk) =>
          new ListSource({ behind: after ?? '', step }, async (behind, count) => {
            const page = { after: behind || undefined, limit: count, newestFirst: !oldestFirst };
            return (await this.#table.query({ pk, index: 'feed', ...page })).map(referenceOf);
          }),
      );
      return mergeSources(sources, oldestFirst);
    };
    return this.#list(references, hiddenAmong);
  }

  #list(references: (request: PageRequest) => AsyncGenerator<Reference>, hiddenAmong?: HiddenAmong): ThoughtList {
    return new ThoughtList({
      cache: this.#cache,
      runtime: this.#runtime,
      settings: { references, ...(hiddenAmong && { hiddenAmong }) },
    });
  }
}

const toReference = (item: ThoughtItem): Reference => {
  const thought = toThought(item);
  return { author: thought.author, id: thought.id, thought };
};
