import type { ThoughtEvent } from './types.ts';

/** What a sequencer has for the app: an event whose turn it is, or an author some of whose changes are lost. */
export type Step = { kind: 'event'; event: ThoughtEvent } | { kind: 'gap'; author: string };

interface AuthorState {
  /** The number of the last change that was given to the app. */
  last: number | undefined;
  /** When that change was made, in milliseconds since 1970. */
  lastAt: number;
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
    if (author.last !== undefined && event.seq <= author.last) return [];
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
   * Lets what is held through, in order.
   * @param isKnown false: numbers that are missing are no loss, for the channels that bring this author are incomplete
   */
  release(name: string, isKnown: boolean): Step[] {
    const author = this.#author(name);
    const events = [...author.held.values()].sort((a, b) => a.seq - b.seq);
    const last = events.at(-1);
    if (!last) return [];
    const missing = author.last === undefined ? 0 : last.seq - author.last - events.length;
    const explained = events.reduce((sum, event) => sum + this.#replacedBy(event, author.lastAt), 0);
    const steps: Step[] = [];
    if (isKnown && missing > explained) steps.push({ kind: 'gap', author: name });
    for (const event of events) steps.push(this.#pass(author, event));
    author.held.clear();
    return steps;
  }

  /** Holds an event of a replay; `release` follows when the replay is whole. */
  hold(event: ThoughtEvent): void {
    const author = this.#author(event.author);
    if (author.last === undefined || event.seq > author.last) author.held.set(event.seq, event);
  }

  #author(name: string): AuthorState {
    const known = this.#authors.get(name) ?? { last: undefined, lastAt: 0, held: new Map<number, ThoughtEvent>() };
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
    author.lastAt = Date.parse(event.at);
    this.#versions.delete(event.thoughtId);
    this.#versions.set(event.thoughtId, versionOf(event));
    if (this.#versions.size > REMEMBERED) {
      const [oldest] = this.#versions.keys();
      if (oldest !== undefined) this.#versions.delete(oldest);
    }
    return { kind: 'event', event };
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
