import type { LiveClient } from './live-client.ts';
import type { Relation, Thought, ThoughtEvent } from './types.ts';

/** Reads a list of the API, newest first: the timeline, or what a channel is about. */
export type ReadList = (channel: string) => Promise<Thought[]>;

/** What the store needs of a client. */
export type StoreClient = Pick<LiveClient, 'on' | 'known'>;

const EMPTY: readonly Thought[] = [];

/**
 * The lists that an app shows: each thought is kept once, each list is ids, newest first. Events are applied as they
 * come, and a list is read anew when something of it was missed.
 */
export class Store {
  readonly #client: StoreClient;
  readonly #read: ReadList;
  readonly #thoughts = new Map<string, Thought>();
  readonly #lists = new Map<string, Set<string>>();
  readonly #shown = new Map<string, readonly Thought[]>();
  readonly #listeners = new Set<() => void>();
  /** Lists that are being read, and what came meanwhile: the answer may be older. */
  readonly #reading = new Map<string, { isAgain: boolean; events: ThoughtEvent[] }>();

  /** @param onError what becomes of a reading that failed; the list stays as it was */
  constructor(client: StoreClient, read: ReadList, onError: (error: unknown) => void = () => {}) {
    this.#client = client;
    this.#read = async (channel) => {
      try {
        return await read(channel);
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
    if (!this.#lists.has(channel)) {
      this.#lists.set(channel, new Set());
      this.#readAnew([channel]);
    }
    return this.#shown.get(channel) ?? EMPTY;
  }

  /** @returns what ends it */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #apply(event: ThoughtEvent): void {
    const { thoughtId: id, thought } = event;
    const known = this.#thoughts.get(id);
    if (thought && known && known.version >= thought.version) return;
    if (thought) this.#thoughts.set(id, thought);
    else this.#thoughts.delete(id);
    for (const [channel, ids] of this.#lists) {
      place(event, channel, ids);
      this.#reading.get(channel)?.events.push(event);
    }
    this.#changed();
  }

  #relate({ author, follows, muted }: Relation): void {
    if (follows && !muted) {
      this.#readAnew(['timeline']);
      return;
    }
    const ids = this.#lists.get('timeline') ?? new Set<string>();
    for (const id of ids) if (this.#thoughts.get(id)?.author === author) ids.delete(id);
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
    const reading = { isAgain: false, events: [] as ThoughtEvent[] };
    this.#reading.set(channel, reading);
    try {
      const thoughts = await this.#read(channel);
      for (const thought of thoughts) {
        const known = this.#thoughts.get(thought.id);
        if (!known || known.version < thought.version) this.#thoughts.set(thought.id, thought);
      }
      const ids = new Set(thoughts.map(({ id }) => id));
      for (const event of reading.events) place(event, channel, ids);
      this.#lists.set(channel, ids);
      this.#client.known(thoughts);
      this.#changed();
    } catch {
      // It was told by `onError`; the next gap reads again.
      reading.isAgain = false;
    }
    this.#reading.delete(channel);
    if (reading.isAgain) await this.#readOne(channel);
  }

  #changed(): void {
    const used = new Set<string>();
    for (const [channel, ids] of this.#lists) {
      const thoughts = [...ids].sort((a, b) => (a < b ? 1 : -1)).flatMap((id) => this.#thoughts.get(id) ?? []);
      for (const { id } of thoughts) used.add(id);
      this.#shown.set(channel, thoughts);
    }
    // What no list shows is not kept.
    for (const id of this.#thoughts.keys()) if (!used.has(id)) this.#thoughts.delete(id);
    for (const listener of this.#listeners) listener();
  }
}

/** Puts a thought into a list, or takes it out, as an event tells. */
const place = ({ thoughtId, thought, channels }: ThoughtEvent, channel: string, ids: Set<string>): void => {
  const isLeft = !thought || (channel.startsWith('topic:') && !thought.topics.includes(channel.slice('topic:'.length)));
  if (isLeft) ids.delete(thoughtId);
  else if (channels.includes(channel)) ids.add(thoughtId);
};
