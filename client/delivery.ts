import type { Author } from './author.ts';
import { bringsUnfollowed, type Channel, idAt } from './channels.ts';
import type { Context } from './context.ts';
import { gapOf, inAllItsLists, isConversation, isKnown, listOf } from './numbered.ts';
import { Order, type Step } from './order.ts';
import { NEVER } from './timings.ts';
import type { Gap, NumberedEvent } from './types.ts';

/** Milliseconds after a change from which a list that is read over HTTP has it: an index is at most 2 s late. */
const READABLE_MS = 2_000;
/** Milliseconds after a reconnect until the check is answered. A list that is read 2 s later has every change that the check counts. */
const CHECKED_MS = 1_000;

/** Milliseconds until an app believes a page that lacks what was given: 3 s, and a little for clocks that round. */
const BELIEVED_MS = 3_100;

/** Late changes that come one after the other are told together: for so many milliseconds at most. */
const LATE_TOGETHER_MS = 10_000;

/** Gives the app events in order, each with all lists that it belongs to, and tells the app of losses. */
export class Delivery {
  readonly order = new Order();
  readonly #context: Context;
  /** Gaps because changes came too late for their order: told together, when every list that is read has them. */
  readonly #late = new Map<string, Gap>();
  /** When the first and the last of those changes came, by the machine's clock. */
  #lateFrom = 0;
  #lateTo = 0;
  /** When the app was last told to read all lists that strangers come by, in milliseconds since 1970, by the server's clock. */
  #strangersToldAt = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  emit(steps: Step[]): void {
    for (const step of steps) {
      if (step.kind === 'event') {
        this.#give(step.event, step.author);
        continue;
      }
      // What waited for the hole was given just now, and may be deleted: the app has to believe the page that lacks it.
      if (step.kind === 'gap') this.tellLater(gapOf(step.author), BELIEVED_MS - READABLE_MS);
      else for (const gap of this.#missed(step.event)) this.tellLater(gap);
    }
  }

  /**
   * Gives the events that wait after a hole.
   * @param isLoss whether a change may be lost for good
   * @param upTo the number up to which nothing is waited for any more
   */
  release(author: Author, isLoss: boolean, upTo?: number): void {
    this.emit(this.order.release(author, isLoss, upTo));
  }

  /** Tells the gaps that are due, on a live connection: a reconnect adds its own. */
  tick(): void {
    if (this.#late.size === 0 || !this.#context.current) return;
    const now = this.#context.now();
    const readableAt = this.#lateTo + READABLE_MS;
    const dueAt = Math.min(readableAt, this.#lateFrom + LATE_TOGETHER_MS);
    if (dueAt > now) {
      this.#context.wake(dueAt);
      return;
    }
    // An app that reads all lists that bring strangers reads what is missing of the strangers, too.
    const lists = this.#strangersLists();
    const isAll = lists.length > 0 && lists.every(({ name }) => this.#late.has(JSON.stringify({ channel: name })));
    if (isAll) this.#strangersToldAt = this.#context.serverNow();
    for (const gap of this.#late.values()) {
      if (!isAll || !this.#isOfStranger(gap)) this.#context.emit('gap', gap);
    }
    this.#lateFrom = now;
    // The lists may not have the last changes yet, so they are told once more.
    if (readableAt > now) this.#context.wake(readableAt);
    else this.#late.clear();
  }

  /** Tells a gap. One of a stranger, or of a list that strangers come by, can wait for others of these. */
  tell(gap: Gap): void {
    if (this.#isOfStranger(gap) || bringsUnfollowed(gap.channel ?? '')) this.tellLater(gap);
    else this.#context.emit('gap', gap);
  }

  /** Tells a gap as soon as a list that is read over HTTP has everything that came until now. @param ms how much longer to wait, in milliseconds */
  tellLater(gap: Gap, ms = 0): void {
    const now = this.#context.now();
    if (this.#late.size === 0) this.#lateFrom = now;
    this.#lateTo = Math.max(this.#lateTo, now + ms);
    this.#late.set(JSON.stringify(gap), gap);
    this.#context.wake(this.#lateTo + READABLE_MS);
  }

  /** A replay shows thoughts made since the connection was lost. It does not show edits and deletions of older thoughts. */
  tellStrangersLists(): void {
    for (const channel of this.#strangersLists()) {
      this.tellLater({ channel: channel.name }, CHECKED_MS);
      // The app reads what another replay would bring.
      channel.settleAt = NEVER;
    }
  }

  /** Whether the app reads anyway what a stranger changed before `at`, in milliseconds since 1970. */
  isRead({ name }: Author, at: number): boolean {
    return !isConversation(name) && this.#isOfStranger({ author: name }) && at + READABLE_MS <= this.#strangersToldAt;
  }

  #strangersLists(): Channel[] {
    return [...this.#context.channels].filter(({ name, isWanted }) => isWanted && bringsUnfollowed(name));
  }

  /** Whether an author comes only by lists that bring anybody. */
  #isOfStranger({ author }: Gap): boolean {
    return (
      author !== undefined &&
      !this.order.author(author).inTimeline &&
      !this.#context.channels.isWanted(`author:${author}`)
    );
  }

  /** The channel of a conversation. It needs no subscription, and is complete until a number is missing. */
  conversation(name: string): Channel {
    const { channels } = this.#context;
    const known = channels.get(name);
    const channel = channels.want(name);
    if (!known) channels.makeWhole(channel, idAt(this.#context.serverNow()));
    return channel;
  }

  #give(event: NumberedEvent, { inTimeline }: Author): void {
    const { channels } = this.#context;
    const isThere = (name: string) => (name === 'timeline' ? inTimeline : channels.isWanted(name));
    const given = 'conversationId' in event ? event : inAllItsLists(event, isThere, this.order.versions.listsOf(event));
    if (given.channels.length === 0) return;
    this.order.versions.noteGiven(given, event.channels);
    // From a newer server: the types of the app do not have it. Its number counts in the order.
    if (!isKnown(event)) return;
    if ('conversationId' in given) this.#context.emit('message', given);
    else this.#context.emit('event', given);
  }

  /** The gaps of an event that can't be given in order any more: the app reads anew the lists by which it came, where they lack it. */
  #missed(event: NumberedEvent): Gap[] {
    const isNews = !this.order.versions.isShown(event);
    const lacking = this.order.versions.noteMissed(event);
    return isNews ? [gapOf(listOf(event))] : lacking.map((channel) => ({ channel }));
  }
}
