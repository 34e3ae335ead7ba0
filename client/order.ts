import { isConversation, itemOf, listOf } from './numbered.ts';
import type { Message, NumberedEvent, Thought } from './types.ts';

/** What there is for the app: an event whose turn it is, or a list some of whose changes are lost. */
export type Step = { kind: 'event'; event: NumberedEvent } | { kind: 'gap'; author: string };

/** What is known of one list: an author's, or, by the name of its channel, a conversation's. Times are milliseconds, by the machine's clock where nothing else is said. */
export interface Author {
  readonly name: string;
  /** The number of the last change that was given to the app, or made known to it. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
  /** Whether an event of this author has been given to the app. */
  isHeard: boolean;
  /** Whether the author's changes come by the timeline. */
  inTimeline: boolean;
  /** Changes that came before their turn, by number. */
  held: Map<number, NumberedEvent>;
  /** The server has said that changes up to this number exist. */
  expected: number;
  /** When the hole behind `noticedBehind` was noticed. Undefined: there is none. */
  noticedAt: number | undefined;
  noticedBehind: number | undefined;
  /** When to ask for what is missing, or to let the first events through. Infinity: it was asked for. */
  dueAt: number;
  asks: number;
  /** How often it may be asked for. */
  maxAsks: number;
  /** From which id its channel is to be replayed. */
  since: string;
}

/** How many authors are remembered, and of how many thoughts the version. Beyond, the oldest are forgotten. */
const MAX_AUTHORS = 100_000;
const MAX_VERSIONS = 2_000;

/** What is held of all authors of whom nothing is: most of them. */
const NOTHING = new Map<number, NumberedEvent>();

interface Version {
  /** The version up to which the numbers of this thought's changes are accounted for. */
  counted: number;
  /** The latest that the app has, or was told to read. */
  shown: number;
  /** It was told as a gap only, when it came by these channels: the other lists may not have it yet. */
  missedBy?: string[] | undefined;
}

export const versionOf = (event: NumberedEvent): number => Number(event.id.slice(event.id.lastIndexOf(':') + 1));

/** The millisecond in which a UUIDv7 was made. */
const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const trim = (map: Map<string, unknown>, max: number): void => {
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
};

/**
 * Puts each author's changes in order, and gives each once. A change that comes early is held, and its author is
 * `pending`. A replay shows present states only, so numbers may be missing from it for good: those of versions that a
 * later one has replaced. What no version explains is a gap.
 */
export class Order {
  /** Authors of whom something is held, or more is expected. */
  readonly pending = new Set<Author>();
  readonly #authors = new Map<string, Author>();
  readonly #versions = new Map<string, Version>();
  /** Whom the timeline brings: those who were asked about the longest time ago come first. */
  readonly #askable = new Set<string>();

  get authorCount(): number {
    return this.#authors.size;
  }

  author(name: string): Author {
    const known = this.#authors.get(name);
    if (known) return known;
    const author: Author = {
      name,
      last: undefined,
      lastAt: 0,
      isHeard: false,
      inTimeline: false,
      held: NOTHING,
      expected: 0,
      noticedAt: undefined,
      noticedBehind: undefined,
      dueAt: 0,
      asks: 0,
      maxAsks: 0,
      since: '',
    };
    this.#authors.set(name, author);
    if (this.#authors.size > MAX_AUTHORS) this.#forgetOldest();
    return author;
  }

  /** Takes an event as it comes; the answer is what may go to the app now. */
  accept(event: NumberedEvent): Step[] {
    const author = this.author(listOf(event));
    if (event.channels.includes('timeline') && !author.inTimeline) this.setInTimeline(author, true);
    const { last = 0 } = author;
    if (event.seq <= last) return this.#late(event);
    // Of an author who was forgotten since: the app has this already.
    if (author.last === undefined && this.#isShown(event)) return [];
    if (event.seq === last + 1 && author.held.size === 0) {
      const step = this.#pass(author, event);
      this.#settle(author);
      return [step];
    }
    if (author.held === NOTHING) author.held = new Map();
    author.held.set(event.seq, event);
    const steps = this.#drain(author);
    this.#settle(author);
    return steps;
  }

  /**
   * Lets what is held through, in order; of an author not heard before, as far as no number is missing.
   * @param isKnown false: numbers that are missing are no loss, for the channels that bring this author are incomplete
   */
  release(author: Author, isKnown: boolean): Step[] {
    const events = [...author.held.values()].sort((a, b) => a.seq - b.seq);
    const steps: Step[] = [];
    if (author.last === undefined) {
      author.last = events[0] ? events[0].seq - 1 : author.expected;
      steps.push(...this.#drain(author));
    } else {
      if (isKnown && !this.isExplained(author)) steps.push({ kind: 'gap', author: author.name });
      author.held.clear();
      for (const event of events) steps.push(this.#pass(author, event));
      author.last = Math.max(author.last, author.expected);
    }
    this.#settle(author);
    return steps;
  }

  /** Whether replaced versions make up for every number that is missing. */
  isExplained({ held, last = 0, lastAt, expected }: Author): boolean {
    let explained = 0;
    for (const event of held.values()) explained += this.#replacedBy(event, lastAt);
    return Math.max(last, expected, ...held.keys()) - last - held.size <= explained;
  }

  /**
   * The app has read this thought by other means. Of an author not heard yet, the events that follow it are expected
   * from now on; what comes before it after all is late.
   */
  read(item: Thought | Message): Step[] {
    const { id, seq, version, createdAt, editedAt } = item;
    const author = this.author(listOf(item));
    // Whether the timeline brings this author, the server can say.
    if (author.last === undefined && !isConversation(author.name)) this.#askable.add(author.name);
    this.#remember(id, version, !author.isHeard);
    if (author.isHeard) return [];
    author.lastAt = Math.max(author.lastAt, Date.parse(editedAt ?? createdAt));
    author.last = Math.max(author.last ?? 0, seq);
    const overtaken = [...author.held.values()].filter((event) => event.seq <= seq);
    for (const event of overtaken) author.held.delete(event.seq);
    const steps = [...overtaken.flatMap((event) => this.#late(event)), ...this.#drain(author)];
    this.#settle(author);
    return steps;
  }

  /** The server says that the author's changes up to this number exist. */
  expect(author: Author, seq: number): void {
    if (seq <= (author.last ?? 0)) return;
    author.expected = Math.max(author.expected, seq);
    this.#settle(author);
  }

  setInTimeline(author: Author, isIn: boolean): void {
    author.inTimeline = isIn;
    if (isIn) this.#askable.add(author.name);
    else this.#askable.delete(author.name);
  }

  /** At most `count` of those whom the timeline brings; they are the last to be asked about again. */
  nextAuthors(count: number): string[] {
    const next: string[] = [];
    for (const name of this.#askable) {
      if (next.length >= count) break;
      next.push(name);
    }
    for (const name of next) {
      this.#askable.delete(name);
      this.#askable.add(name);
    }
    return next;
  }

  /** Its turn is over. When it is news all the same, the app must read anew: in order it can't come any more. */
  #late(event: NumberedEvent): Step[] {
    const missedBy = this.#versions.get(itemOf(event))?.missedBy;
    const isNews = missedBy !== undefined && event.channels.some((channel) => !missedBy.includes(channel));
    if (this.#isShown(event) && !isNews) return [];
    const known = this.#remember(itemOf(event), versionOf(event), true);
    known.missedBy = [...(missedBy ?? []), ...event.channels];
    return [{ kind: 'gap', author: listOf(event) }];
  }

  /** Whether the app has a newer version of it. */
  isOld(id: string, version: number): boolean {
    return version < (this.#versions.get(id)?.shown ?? 0);
  }

  #isShown(event: NumberedEvent): boolean {
    return versionOf(event) <= (this.#versions.get(itemOf(event))?.shown ?? 0);
  }

  #drain(author: Author): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const event = author.held.get((author.last ?? 0) + 1);
      if (!event) return steps;
      author.held.delete(event.seq);
      steps.push(this.#pass(author, event));
    }
  }

  #pass(author: Author, event: NumberedEvent): Step {
    author.last = event.seq;
    author.isHeard = true;
    author.lastAt = Date.parse(event.at);
    this.#remember(itemOf(event), versionOf(event), true);
    // Those of whom nothing has come for the longest time are forgotten first.
    this.#authors.delete(author.name);
    this.#authors.set(author.name, author);
    return { kind: 'event', event };
  }

  #settle(author: Author): void {
    if (author.held.size > 0 || author.expected > (author.last ?? 0)) {
      this.pending.add(author);
      return;
    }
    this.pending.delete(author);
    author.noticedAt = undefined;
  }

  #remember(thoughtId: string, version: number, isCounted: boolean): Version {
    const known: Version = this.#versions.get(thoughtId) ?? { counted: 0, shown: 0 };
    this.#versions.delete(thoughtId);
    known.shown = Math.max(known.shown, version);
    if (isCounted) known.counted = Math.max(known.counted, version);
    known.missedBy = undefined;
    this.#versions.set(thoughtId, known);
    trim(this.#versions, MAX_VERSIONS);
    return known;
  }

  /** How many changes of the same thought, made since the author's last known one, this version has replaced. */
  #replacedBy(event: NumberedEvent, lastAt: number): number {
    const counted = this.#versions.get(itemOf(event))?.counted ?? 0;
    if (counted > 0) return Math.max(0, versionOf(event) - counted - 1);
    // An older thought's first versions may lie before what is missing, so they explain nothing.
    return timeOfId(itemOf(event)) > lastAt ? versionOf(event) - 1 : 0;
  }

  #forgetOldest(): void {
    for (const [name, author] of this.#authors) {
      if (this.pending.has(author)) continue;
      this.#authors.delete(name);
      this.#askable.delete(name);
      return;
    }
  }
}
