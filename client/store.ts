import type { CoreClient } from './core-client.ts';
import { safely } from './emitter.ts';
import type { Relation, Thought, ThoughtEvent } from './types.ts';

/** A part of a list, newest first, and where the part after it begins. */
export interface ListPage {
  thoughts: Thought[];
  /** What `ReadList` takes as `after`; none at the end. */
  next?: string | undefined;
}

/** Reads a list of the API, newest first: the timeline, or what a channel is about. @param after `next` of the page before */
export type ReadList = (channel: string, after?: string) => Promise<Thought[] | ListPage>;

/** `reading`: for the first time, or anew. `stale`: something was missed, and reading it anew has failed. */
export type ListState = 'reading' | 'current' | 'stale';

/** A list as it is now. */
export interface ListView {
  thoughts: readonly Thought[];
  state: ListState;
  /** There is more to read, by `more`. */
  hasMore: boolean;
}

/** What the store needs of a client. */
export type StoreClient = Pick<CoreClient, 'on' | 'known'>;

const UNREAD: ListView = { thoughts: [], state: 'reading', hasMore: false };

/** A list is read anew down to where it was read before, but no deeper than this. */
const MAX_PAGES_ANEW = 10;

/** No id is greater. */
const LAST_ID = 'g';

/** Milliseconds in which a page may lack what came before: indexes and replicas are late. */
const PAGE_LATE_MS = 3_000;

interface List {
  /** Thoughts by id, with the time in milliseconds at which each came into the list. */
  ids: Map<string, number>;
  state: ListState;
  /** Where the next page begins, when there is one. */
  next: string | undefined;
  /** The oldest thought of the pages so far. What is older comes with the next page, and with no event. */
  bottom: string | undefined;
}

/**
 * The lists that an app shows: each thought is kept once, each list is ids, newest first. Events are applied as they
 * come, and a list is read anew when something of it was missed.
 */
export class Store {
  readonly #client: StoreClient;
  readonly #now: () => number;
  readonly #read: (channel: string, after?: string) => Promise<ListPage>;
  readonly #thoughts = new Map<string, Thought>();
  readonly #lists = new Map<string, List>();
  readonly #shown = new Map<string, ListView>();
  readonly #listeners = new Set<{ listener: () => void; channel: string | undefined }>();
  /** Lists that are being read, and what came meanwhile: the answer may be older. */
  readonly #reading = new Map<string, { isAgain: boolean; events: ThoughtEvent[] }>();

  /**
   * @param onError what becomes of a reading that failed; the list stays as it was
   * @param now milliseconds by any clock
   */
  constructor(
    client: StoreClient,
    read: ReadList,
    onError: (error: unknown) => void = () => {},
    now: () => number = () => performance.now(),
  ) {
    this.#client = client;
    this.#now = now;
    this.#read = async (channel, after) => {
      try {
        const page = await read(channel, after);
        return Array.isArray(page) ? { thoughts: page } : page;
      } catch (error) {
        onError(error);
        throw error;
      }
    };
    client.on('event', (event) => this.#apply(event));
    client.on('gap', ({ channel }) => this.#readAnew(channel === undefined ? [...this.#lists.keys()] : [channel]));
    client.on('relation', (relation) => this.#relate(relation));
  }

  /** The thoughts of a list, newest first; the same array until something changes. The first call reads the list. */
  list(channel: string): readonly Thought[] {
    return this.view(channel).thoughts;
  }

  /** A list with its state; the same object until something changes. The first call reads the list. */
  view(channel: string): ListView {
    if (!this.#lists.has(channel)) {
      this.#lists.set(channel, { ids: new Map(), state: 'reading', next: undefined, bottom: undefined });
      this.#readAnew([channel]);
    }
    return this.#shown.get(channel) ?? UNREAD;
  }

  /** Reads the next page of a list; nothing when there is none, or the list is being read. */
  async more(channel: string): Promise<void> {
    const list = this.#lists.get(channel);
    if (list?.next === undefined || this.#reading.has(channel)) return;
    await this.#readInto(channel, list, () => this.#read(channel, list.next), 'below');
  }

  /** Reads a list anew, as a gap does. */
  readAnew(channel: string): void {
    this.#readAnew([channel]);
  }

  /** Forgets a list, and what only it has shown. */
  leave(channel: string): void {
    this.#lists.delete(channel);
    this.#shown.delete(channel);
    this.#changed();
  }

  /**
   * Calls after each change.
   * @param channel the list that the listener shows. The store forgets it when the last of its listeners has gone, and none has come in the same task
   * @returns what ends it
   */
  subscribe = (listener: () => void, channel?: string): (() => void) => {
    const one = { listener, channel };
    this.#listeners.add(one);
    return () => {
      this.#listeners.delete(one);
      queueMicrotask(() => {
        if (channel !== undefined && ![...this.#listeners].some((other) => other.channel === channel))
          this.leave(channel);
      });
    };
  };

  #apply(event: ThoughtEvent): void {
    const { thoughtId: id, thought } = event;
    const known = this.#thoughts.get(id);
    // Another list may have shown this version already, or a newer one.
    const newest = thought && known && known.version > thought.version ? known : thought;
    const change = { ...event, thought: newest } as ThoughtEvent;
    if (newest) this.#thoughts.set(id, newest);
    else this.#thoughts.delete(id);
    for (const [channel, list] of this.#lists) {
      place(change, channel, list, this.#now());
      this.#reading.get(channel)?.events.push(change);
    }
    this.#changed();
  }

  #relate({ author, follows, muted }: Relation): void {
    if (follows && !muted) {
      this.#readAnew(['timeline']);
      return;
    }
    const ids = this.#lists.get('timeline')?.ids ?? new Map<string, number>();
    for (const id of ids.keys()) if (this.#thoughts.get(id)?.author === author) ids.delete(id);
    this.#changed();
  }

  #readAnew(channels: string[]): void {
    for (const channel of channels) {
      if (!this.#lists.has(channel)) continue;
      const reading = this.#reading.get(channel);
      if (reading) reading.isAgain = true;
      else void this.#readOne(channel);
    }
  }

  async #readOne(channel: string): Promise<void> {
    const list = this.#lists.get(channel);
    if (list) await this.#readInto(channel, list, () => this.#readDownTo(channel, list.bottom), 'whole');
  }

  /** The pages of a list from its top, as far down as it has been read before. */
  async #readDownTo(channel: string, bottom = LAST_ID): Promise<ListPage> {
    const { thoughts, next } = await this.#read(channel);
    let page: ListPage = { thoughts: [...thoughts], next };
    for (let pages = 1; pages < MAX_PAGES_ANEW && page.next !== undefined; pages++) {
      // A page may be empty though there is a next, when all that it had is hidden.
      const last = page.thoughts.at(-1)?.id;
      if (last !== undefined && last <= bottom) break;
      const { thoughts, next } = await this.#read(channel, page.next);
      page = { thoughts: [...page.thoughts, ...thoughts], next };
    }
    return page;
  }

  /** Reads a part of a list, and puts what has happened meanwhile on top of the answer, which may be older. */
  async #readInto(channel: string, list: List, read: () => Promise<ListPage>, part: 'whole' | 'below'): Promise<void> {
    const reading = { isAgain: false, events: [] as ThoughtEvent[] };
    this.#reading.set(channel, reading);
    if (part === 'whole' && list.state !== 'reading') {
      list.state = 'reading';
      this.#changed();
    }
    const freshFrom = this.#now() - PAGE_LATE_MS;
    try {
      const page = await read();
      const { next } = page;
      const before = list.ids;
      const isLeft = this.#lists.get(channel) !== list;
      const current = new Set(isLeft ? page.thoughts : this.#client.known(page.thoughts, channel));
      // What is newer here stays; what is deleted is gone.
      const thoughts = page.thoughts.filter((thought) => current.has(thought) || this.#thoughts.has(thought.id));
      for (const thought of thoughts) {
        const known = this.#thoughts.get(thought.id);
        if (!known || known.version < thought.version) this.#thoughts.set(thought.id, thought);
      }
      const isKept = ([, at]: [string, number]) => part === 'below' || at > freshFrom;
      const fromPage = thoughts.map(({ id }): [string, number] => [id, before.get(id) ?? this.#now()]);
      list.ids = new Map([...[...before].filter(isKept), ...fromPage]);
      list.next = next;
      list.bottom = page.thoughts.at(-1)?.id ?? list.bottom;
      for (const event of reading.events) place(event, channel, list, this.#now());
      list.state = 'current';
    } catch {
      // It was told by `onError`; the next gap reads again.
      if (part === 'whole') {
        list.state = 'stale';
        reading.isAgain &&= this.#lists.get(channel) !== list;
      }
    }
    this.#reading.delete(channel);
    this.#changed();
    if (reading.isAgain) await this.#readOne(channel);
  }

  #changed(): void {
    const used = new Set<string>();
    for (const [channel, { ids, state, next }] of this.#lists) {
      const thoughts = [...ids.keys()].sort((a, b) => (a < b ? 1 : -1)).flatMap((id) => this.#thoughts.get(id) ?? []);
      for (const { id } of thoughts) used.add(id);
      const before = this.#shown.get(channel)?.thoughts ?? [];
      const isSame = thoughts.length === before.length && thoughts.every((thought, at) => thought === before[at]);
      this.#shown.set(channel, { thoughts: isSame ? before : thoughts, state, hasMore: next !== undefined });
    }
    // What no list shows is not kept.
    for (const id of this.#thoughts.keys()) if (!used.has(id)) this.#thoughts.delete(id);
    for (const { listener } of this.#listeners) safely(listener);
  }
}

/** Puts a thought into a list, or takes it out, as an event tells. */
const place = (
  { thoughtId, thought, channels }: ThoughtEvent,
  channel: string,
  { ids, next, bottom }: List,
  now: number,
): void => {
  const isLeft = !thought || (channel.startsWith('topic:') && !thought.topics.includes(channel.slice('topic:'.length)));
  const isBelow = next !== undefined && bottom !== undefined && thoughtId < bottom;
  if (isLeft) ids.delete(thoughtId);
  else if (channels.includes(channel) && !isBelow) ids.set(thoughtId, ids.get(thoughtId) ?? now);
};
