import type { Thought, ThoughtEvent } from './types.ts';

/** What a sequencer has for the app: an event whose turn it is, or an author some of whose changes are lost. */
export type Step = { kind: 'event'; event: ThoughtEvent } | { kind: 'gap'; author: string };

interface AuthorState {
  /** The number of the last change that was given to the app. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
  /** Whether an event of this author has been given to the app. */
  isHeard: boolean;
  held: Map<number, ThoughtEvent>;
}

/** How many thoughts' versions are remembered, to tell what a later version makes up for. */
const REMEMBERED = 2_000;

const versionOf = (event: ThoughtEvent): number => Number(event.id.slice(event.id.lastIndexOf(':') + 1));

/**
 * Puts each author's changes in order, and lets each through once. A change that comes early is held: `holes` names the
 * authors who wait. `repair` takes a replay, which shows the present state only, so that numbers may be missing from it
 * for good: those of versions that a later one has replaced. What no version explains is a gap.
 */
export class Sequencer {
  readonly #authors = new Map<string, AuthorState>();
  readonly #versions = new Map<string, number>();

  /** Takes an event as it comes; the answer is what may go to the app now. */
  accept(event: ThoughtEvent): Step[] {
    const author = this.#author(event.author);
    if (author.last !== undefined && event.seq <= author.last) return this.#late(event);
    if (author.last === undefined && event.seq > 1) {
      author.held.set(event.seq, event);
      return [];
    }
    author.held.set(event.seq, event);
    return this.#drain(author);
  }

  /** Authors of whom something is held because a number before it is missing. */
  get holes(): string[] {
    return this.#holding(({ last }) => last !== undefined);
  }

  /** Authors whose first event is held, in case that an earlier one is still to come. */
  get newcomers(): string[] {
    return this.#holding(({ last }) => last === undefined);
  }

  /**
   * Lets what is held through, in order; of an author not heard before, as far as no number is missing: the rest is a
   * hole then.
   * @param isKnown false: numbers that are missing are no loss, for the channels that bring this author are incomplete
   */
  release(name: string, isKnown: boolean): Step[] {
    const author = this.#author(name);
    const events = [...author.held.values()].sort((a, b) => a.seq - b.seq);
    const [first] = events;
    if (!first) return [];
    if (author.last === undefined) {
      author.last = first.seq - 1;
      return this.#drain(author);
    }
    const steps: Step[] = [];
    if (isKnown && !this.isExplained(name)) steps.push({ kind: 'gap', author: name });
    for (const event of events) steps.push(this.#pass(author, event));
    author.held.clear();
    return steps;
  }

  /** Whether replaced versions make up for every number that is missing before what is held. */
  isExplained(name: string): boolean {
    const { held, last, lastAt } = this.#author(name);
    if (last === undefined) return true;
    const missing = Math.max(last, ...held.keys()) - last - held.size;
    const explained = [...held.values()].reduce((sum, event) => sum + this.#replacedBy(event, lastAt), 0);
    return missing <= explained;
  }

  /**
   * The app has read this thought by other means. Of an author not heard yet, the events that follow it are expected
   * from now on; what comes before it after all is late.
   */
  read({ author: name, id, seq, version, createdAt, editedAt }: Thought): Step[] {
    const author = this.#author(name);
    if (version > (this.#versions.get(id) ?? 0)) this.#remember(id, version);
    if (author.isHeard) return [];
    author.lastAt = Math.max(author.lastAt, Date.parse(editedAt ?? createdAt));
    return this.#moveTo(author, seq);
  }

  /** Gives up what an author has up to this number and nothing has brought. */
  skip(name: string, seq: number): Step[] {
    const released = this.release(name, true);
    const isBehind = this.isBehind(name, seq);
    const author = this.#author(name);
    released.push(...this.#moveTo(author, seq));
    const isTold = released.some(({ kind }) => kind === 'gap');
    return isBehind && !isTold ? [...released, { kind: 'gap', author: name }] : released;
  }

  /** Whether an author's changes up to this number have not all come. */
  isBehind(name: string, seq: number): boolean {
    return (this.#author(name).last ?? 0) < seq;
  }

  /** At most `count` of the authors who have been heard of: those who were not asked about for the longest time. */
  nextAuthors(count: number): string[] {
    const next = [...this.#authors].filter(([, { last }]) => last !== undefined).slice(0, count);
    for (const [name, author] of next) {
      this.#authors.delete(name);
      this.#authors.set(name, author);
    }
    return next.map(([name]) => name);
  }

  /** What comes behind this number is expected of an author not heard of before. */
  expect(name: string, seq: number): Step[] {
    const author = this.#author(name);
    return author.last === undefined && author.held.size === 0 ? this.#moveTo(author, seq) : [];
  }

  /** Holds an event of a replay; `release` follows when the replay is whole. */
  hold(event: ThoughtEvent): Step[] {
    const author = this.#author(event.author);
    if (author.last !== undefined && event.seq <= author.last) return this.#late(event);
    author.held.set(event.seq, event);
    return [];
  }

  /** Its turn is over. When it is news all the same, the app must read anew: in order it can't come any more. */
  #late(event: ThoughtEvent): Step[] {
    if (versionOf(event) <= (this.#versions.get(event.thoughtId) ?? 0)) return [];
    this.#remember(event.thoughtId, versionOf(event));
    return [{ kind: 'gap', author: event.author }];
  }

  /** Expects what follows a number from now on. What is held from before it is late. */
  #moveTo(author: AuthorState, seq: number): Step[] {
    const last = Math.max(author.last ?? 0, seq);
    author.last = last;
    const overtaken = [...author.held.values()].filter((event) => event.seq <= last);
    for (const event of overtaken) author.held.delete(event.seq);
    return [...overtaken.flatMap((event) => this.#late(event)), ...this.#drain(author)];
  }

  #author(name: string): AuthorState {
    const known = this.#authors.get(name) ?? {
      last: undefined,
      lastAt: 0,
      isHeard: false,
      held: new Map<number, ThoughtEvent>(),
    };
    this.#authors.set(name, known);
    return known;
  }

  #holding(which: (author: AuthorState) => boolean): string[] {
    return [...this.#authors].filter(([, author]) => author.held.size > 0 && which(author)).map(([name]) => name);
  }

  #drain(author: AuthorState): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const event = author.held.get((author.last ?? 0) + 1);
      if (!event) return steps;
      author.held.delete(event.seq);
      steps.push(this.#pass(author, event));
    }
  }

  #pass(author: AuthorState, event: ThoughtEvent): Step {
    author.last = event.seq;
    author.isHeard = true;
    author.lastAt = Date.parse(event.at);
    this.#remember(event.thoughtId, versionOf(event));
    return { kind: 'event', event };
  }

  #remember(thoughtId: string, version: number): void {
    this.#versions.delete(thoughtId);
    this.#versions.set(thoughtId, version);
    const [oldest] = this.#versions.keys();
    if (this.#versions.size > REMEMBERED && oldest !== undefined) this.#versions.delete(oldest);
  }

  /** How many changes of the same thought, made since the author's last known one, this version has replaced. */
  #replacedBy(event: ThoughtEvent, lastAt: number): number {
    const known = this.#versions.get(event.thoughtId);
    if (known !== undefined) return versionOf(event) - known - 1;
    // An older thought's first versions may lie before what is missing, so they explain nothing.
    return timeOfId(event.thoughtId) > lastAt ? versionOf(event) - 1 : 0;
  }
}

/** The millisecond in which a UUIDv7 was made. */
const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
