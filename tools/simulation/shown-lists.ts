import type { Thought, ThoughtEvent } from '../../client/index.ts';

/** A page may lack what came so many milliseconds before: indexes and replicas are late. */
const PAGE_LATE_MS = 3_000;

interface Shown {
  thoughts: Map<string, Thought>;
  /** When each thought came, in milliseconds since 1970. */
  cameAt: Map<string, number>;
  /** The oldest id of the page that was read; older thoughts are not shown. Empty when the page was the whole list. */
  floor: string;
}

/** A page of a list, newest first. */
interface Page {
  items: Thought[];
  isWhole: boolean;
  /** Those of the items that no event has overtaken. */
  current: Thought[];
  /** When the page was asked for, in milliseconds since 1970. */
  askedAt: number;
}

/** What an app shows of each channel's list: the last page that was read, and the events since then. */
export class ShownLists {
  readonly #now: () => number;
  readonly #lists = new Map<string, Shown>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The versions shown in a channel, by id, and the oldest id shown. Undefined before the list was read. */
  versions(channel: string): { versions: Map<string, number>; floor: string } | undefined {
    const list = this.#lists.get(channel);
    if (!list) return undefined;
    const visible = [...list.thoughts.values()].filter((thought) => !this.#isOver(thought));
    return { versions: new Map(visible.map(({ id, version }) => [id, version])), floor: list.floor };
  }

  /** Shows a page in the place of what was shown before. */
  show(channel: string, { items, isWhole, current, askedAt }: Page): void {
    const floor = isWhole ? '' : (items.at(-1)?.id ?? '');
    const before = this.#lists.get(channel)?.thoughts ?? new Map<string, Thought>();
    const cameAt = this.#lists.get(channel)?.cameAt ?? new Map<string, number>();
    const isCurrent = new Set(current);
    // A page may be older than an event: newer versions stay, and deleted thoughts stay deleted.
    const kept = items.flatMap((thought) => (isCurrent.has(thought) ? thought : (before.get(thought.id) ?? [])));
    const thoughts = new Map(kept.map((thought) => [thought.id, thought]));
    // The page may be late: thoughts that came within 3 s stay, though it lacks them.
    const isFresh = (id: string) => (cameAt.get(id) ?? 0) > askedAt - PAGE_LATE_MS;
    for (const [id, thought] of before) {
      if (id > floor && isFresh(id) && !items.some((item) => item.id === id)) thoughts.set(id, thought);
    }
    const came = [...thoughts.keys()].map((id) => [id, cameAt.get(id) ?? this.#now()] as const);
    this.#lists.set(channel, { thoughts, cameAt: new Map(came), floor });
  }

  /** Applies an event to a list that was read. */
  apply(channel: string, { channels, thought, thoughtId }: ThoughtEvent): void {
    const list = this.#lists.get(channel);
    if (!list) return;
    const shown = list.thoughts.get(thoughtId);
    if (!shown && !channels.includes(channel)) return;
    if (shown && thought && shown.version >= thought.version) return;
    const isLeft = channel.startsWith('topic:') && !thought?.topics.includes(channel.slice('topic:'.length));
    if (!thought || isLeft) list.thoughts.delete(thoughtId);
    else if (thought.id > list.floor) {
      list.thoughts.set(thought.id, thought);
      list.cameAt.set(thought.id, this.#now());
    }
  }

  /** Removes an author's thoughts from a list. */
  forget(channel: string, author: string): void {
    const thoughts = this.#lists.get(channel)?.thoughts ?? new Map<string, Thought>();
    for (const [id, thought] of thoughts) if (thought.author === author) thoughts.delete(id);
  }

  #isOver({ expiresAt }: Thought): boolean {
    return expiresAt !== undefined && Date.parse(expiresAt) <= this.#now();
  }
}
