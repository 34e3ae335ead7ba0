import { type Author, type Hole, heldOf, isSkipped, lastOf, newAuthor, newHole, skipTo } from './author.ts';
import { isConversation, itemOf, listOf } from './numbered.ts';
import { Recent } from './recent.ts';
import type { Message, NumberedEvent, Thought } from './types.ts';
import { Versions } from './versions.ts';

/**
 * What there is for the app: an event whose turn it is, an event whose turn is over, though it was not given, or an author some of
 * whose changes are lost.
 */
export type Step =
  | { kind: 'event'; event: NumberedEvent; author: Author }
  | { kind: 'late'; event: NumberedEvent }
  | { kind: 'gap'; author: string };

/** How many authors are remembered. Beyond that, the authors that were not used for longest are forgotten. */
const MAX_AUTHORS = 100_000;

/**
 * Puts each author's changes in order, and gives each once. A change that comes early is held, and its author is
 * `pending`. A replay shows present states only, so numbers may be missing from it for good: those of versions that a
 * later one has replaced. What no version explains is a gap.
 */
export class Order {
  /** Authors of whom something is held, or more is expected. */
  readonly pending = new Set<Author>();
  readonly versions = new Versions();
  readonly #authors = new Recent<Author>(MAX_AUTHORS, (author) => author.hole !== undefined);
  /** Whom the timeline brings: those who were asked about the longest time ago come first. */
  readonly #askable = new Set<string>();

  author(name: string): Author {
    const known = this.#authors.get(name);
    if (known) return known;
    if (this.#askable.size > MAX_AUTHORS) {
      for (const one of this.#askable) if (!this.#authors.has(one)) this.#askable.delete(one);
    }
    return this.#authors.add(name, newAuthor(name));
  }

  /** Takes an event as it comes; the answer is what may go to the app now. */
  accept(event: NumberedEvent): Step[] {
    const author = this.author(listOf(event));
    if (event.channels.includes('timeline') && !author.inTimeline) this.setInTimeline(author, true);
    const { last = 0 } = author;
    if (event.seq <= last) {
      return isSkipped(author, event.seq) || this.versions.isElsewhere(event) ? [{ kind: 'late', event }] : [];
    }
    // Of an author who was forgotten since: the app has this already.
    if (author.last === undefined && this.versions.isShown(event)) return [{ kind: 'late', event }];
    if (event.seq === last + 1 && !author.hole) return [this.#pass(author, event)];
    this.#hold(author, event);
    return this.#drain(author);
  }

  /**
   * Lets what is held through, in order; of an author not heard before, as far as no number is missing.
   * @param isKnown false: numbers that are missing are no loss, for the channels that bring this author are incomplete
   * @param upTo the number up to which nothing is waited for any more
   */
  release(author: Author, isKnown: boolean, upTo = author.hole?.expected ?? 0): Step[] {
    const events = heldOf(author);
    if (author.last === undefined) {
      skipTo(author, events[0] ? events[0].seq - 1 : upTo);
      return this.#drain(author);
    }
    const isLost = !this.isExplained(author, upTo);
    const steps: Step[] = [];
    const { expectedAt = 0 } = author.hole ?? {};
    author.hole?.held.clear();
    for (const event of events) steps.push(this.#pass(author, event));
    // After the events: none may bring back an older version than the app reads because of the gap.
    if (isKnown && isLost) steps.push({ kind: 'gap', author: author.name });
    // Nothing that was made before the server told of these numbers explains a later one.
    if (upTo > (author.last ?? 0)) author.lastAt = Math.max(author.lastAt, expectedAt);
    skipTo(author, upTo);
    if (isLost) author.lostTo = author.skipped.at(-1)?.[1] ?? 0;
    this.#settle(author);
    return steps;
  }

  /** Whether replaced versions make up for every missing number up to this one, and up to the last that is held. */
  isExplained(author: Author, upTo: number): boolean {
    const { last = 0 } = author;
    // Of several versions of a thought the newest counts: it replaces the others, whether they are held or missing.
    const newest = new Map(heldOf(author).map((event) => [itemOf(event), event]));
    let explained = last;
    for (const event of newest.values()) explained += this.versions.numbersOf(event, author);
    return Math.max(lastOf(author), upTo) <= explained;
  }

  /** A time, in milliseconds since 1970, before which all missing changes were made. */
  missingBefore(author: Author, { held, expected, expectedAt }: Hole): number {
    let first = lastOf(author);
    if (expected > first) return expectedAt;
    while (held.has(first - 1)) first--;
    return Date.parse(held.get(first)?.at ?? '');
  }

  /**
   * The app has read this thought by other means. Of an author not heard yet, the events that follow it are expected
   * from now on; what comes before it after all is late.
   * @param list the channel of the list in which the app has read it
   */
  read(item: Thought | Message, list: string | undefined): Step[] {
    const { seq, createdAt, editedAt } = item;
    const author = this.author(listOf(item));
    // Whether the timeline brings this author, the server can say.
    if (author.last === undefined && !isConversation(author.name)) this.#askable.add(author.name);
    this.versions.noteRead(item, list, !author.isHeard);
    if (author.isHeard) return [];
    author.lastAt = Math.max(author.lastAt, Date.parse(editedAt ?? createdAt));
    // A page may show an old version: the next one's number may be among those that are passed over here.
    if (seq > (author.last ?? 0)) author.lostTo = seq;
    return this.#beginAfter(author, seq);
  }

  /**
   * A list whose numbers up to `after` are not for this user, who was added later, or who comes back.
   * @param after the last number of these
   * @param at a time, in milliseconds since 1970, by which these changes were made
   */
  begin(author: Author, after: number, at: number): Step[] {
    const { last = 0 } = author;
    if (after <= last) return [];
    author.lastAt = at;
    const steps = this.#beginAfter(author, after);
    if (last === 0) return steps;
    // Changes from before the user left may be missing. No replay brings them any more, so nothing waits for them.
    author.lostTo = after;
    return [...steps, { kind: 'gap', author: author.name }];
  }

  /**
   * Notes the highest number that exists, as the server says.
   * @param at when the server said so, by its clock
   * @param now by the machine's clock
   */
  expect(author: Author, seq: number, at: number, now: number): void {
    if (seq <= (author.last ?? 0)) return;
    const hole = this.#hole(author);
    hole.expectedAt = at;
    if (seq > hole.expected) hole.expectedSince = now;
    hole.expected = Math.max(hole.expected, seq);
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

  #hole(author: Author): Hole {
    author.hole ??= newHole();
    this.pending.add(author);
    return author.hole;
  }

  /** Keeps a change, with every list by which it comes, until the numbers before it have come or are given up. */
  #hold(author: Author, event: NumberedEvent): void {
    const { held } = this.#hole(author);
    const channels = [...(held.get(event.seq)?.channels ?? []), ...event.channels];
    held.set(event.seq, { ...event, channels: [...new Set(channels)] });
  }

  #beginAfter(author: Author, seq: number): Step[] {
    skipTo(author, seq);
    const overtaken = heldOf(author).filter((event) => event.seq <= seq);
    for (const event of overtaken) author.hole?.held.delete(event.seq);
    const late = overtaken.map((event): Step => ({ kind: 'late', event }));
    return [...late, ...this.#drain(author)];
  }

  #drain(author: Author): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const event = author.hole?.held.get((author.last ?? 0) + 1);
      if (!event) break;
      author.hole?.held.delete(event.seq);
      steps.push(this.#pass(author, event));
    }
    this.#settle(author);
    return steps;
  }

  #pass(author: Author, event: NumberedEvent): Step {
    skipTo(author, event.seq - 1);
    author.last = event.seq;
    author.isHeard = true;
    author.lastAt = Date.parse(event.at);
    return { kind: 'event', event, author };
  }

  /** Nothing is missing any more. */
  #settle(author: Author): void {
    const { hole, last = 0 } = author;
    if (!hole || hole.held.size > 0 || hole.expected > last) return;
    this.pending.delete(author);
    author.hole = undefined;
  }
}
