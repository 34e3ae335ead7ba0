import { type Author, type Hole, heldOf } from './author.ts';
import { type Channel, isComplete } from './channels.ts';
import type { Context } from './context.ts';
import type { Delivery } from './delivery.ts';
import { isConversation } from './numbered.ts';

/** How often a hole is asked for before it is told as a gap. The wait doubles each time. */
const MAX_ASKS = 3;
/** The same for a number that a check has found missing: the replay before the check has asked for it once. */
export const MAX_ASKS_OF_CHECK = 2;

/** Asks for the missing numbers of each author a few times, and then gives them up. */
export class Holes {
  /**
   * The first check was answered, with numbers or without, or a live connection was lost. The app may lack messages of each
   * conversation that was not known until then.
   */
  hasBegun = false;
  readonly #context: Context;
  readonly #delivery: Delivery;

  constructor(context: Context, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  /** Does what is due now. */
  tick(): void {
    const now = this.#context.now();
    for (const [author, hole] of this.#all()) {
      if (hole.dueAt > now) {
        this.#context.wake(hole.dueAt);
        continue;
      }
      // No replay comes without a connection. The next one begins with `recheck`.
      if (hole.isAsked && !this.#context.active()) continue;
      if (author.last === undefined) this.#admit(author, hole, hole.isAsked);
      else if (hole.isAsked && ++hole.asks >= hole.maxAsks) this.#giveUp(author, hole);
      else this.#askFor(author, hole);
    }
  }

  /** A channel may be unsubscribed, or the connection is another: replays that were asked for may never come, so ask again. */
  recheck(): void {
    for (const [, hole] of this.#all()) {
      if (hole.isAsked) this.#setDue(hole, 0);
    }
  }

  /** Handles the end of a channel's replay. @param startedAt when the replay began */
  conclude(channel: Channel, startedAt: number): void {
    for (const [author, hole] of this.#all()) {
      if (author.last === undefined) this.#admit(author, hole);
      else if (this.#brings(author) === channel) this.#concludeHole(author, hole, startedAt);
    }
  }

  *#all(): IterableIterator<[Author, Hole]> {
    for (const author of this.#delivery.order.pending) if (author.hole) yield [author, author.hole];
  }

  /** Notes a possible hole of this author. @param noticedAt when it was noticed */
  notice(author: Author, noticedAt: number, maxAsks = MAX_ASKS): void {
    const { hole, last } = author;
    if (!hole || (hole.noticedAt !== undefined && hole.behind === last)) return;
    const { newcomerMs, holeMs } = this.#context.timings;
    hole.noticedAt = noticedAt;
    hole.behind = last;
    hole.asks = 0;
    hole.maxAsks = maxAsks;
    this.#setDue(hole, last === undefined ? newcomerMs : this.#context.jitter(holeMs));
  }

  #setDue(hole: Hole, ms: number, isAsked = false): void {
    hole.dueAt = this.#context.wakeIn(ms);
    hole.isAsked = isAsked;
  }

  /** A replay that isn't over after this time counts as one that brought nothing: what it depends on may never come. */
  #awaitReplay(hole: Hole): void {
    this.#setDue(hole, this.#context.timings.answerMs * 2, true);
  }

  /** Gives the first events of an author, unless a replay under way may bring earlier ones. @param isLate it had its time */
  #admit(author: Author, hole: Hole, isLate = false): void {
    const { channels } = this.#context;
    const names = new Set(heldOf(author).flatMap((event) => event.channels));
    const isUncertain = [...names].some((name) => channels.isWanted(name) && channels.get(name)?.isWhole === false);
    if (isUncertain && !isLate) {
      if (!hole.isAsked) this.#awaitReplay(hole);
      return;
    }
    // It has begun since, or the user was added since, or nobody knows: so it begins with 1.
    if (this.hasBegun && isConversation(author.name)) author.last = 0;
    else this.#delivery.release(author, false);
    // There may be a hole after the first events.
    hole.noticedAt = undefined;
    this.notice(author, this.#context.now());
  }

  #askFor(author: Author, hole: Hole): void {
    const channel = this.#brings(author);
    if (!channel) {
      this.#delivery.release(author, false);
      return;
    }
    // Ask even when a replay is under way: it may have begun before the hole was noticed.
    this.#awaitReplay(hole);
    if (this.#context.active()) this.want(channel, channel.newest);
  }

  #concludeHole(author: Author, hole: Hole, startedAt: number): void {
    // This replay proves nothing of numbers that a check has told of since it began.
    const isTooEarly = hole.expectedSince > startedAt;
    const upTo = isTooEarly ? 0 : hole.expected;
    if (hole.held.size + upTo > 0 && this.#delivery.order.isExplained(author, upTo)) {
      this.#delivery.release(author, false, upTo);
      this.notice(author, hole.expectedSince, MAX_ASKS_OF_CHECK);
      return;
    }
    if (isTooEarly || (hole.noticedAt ?? 0) > startedAt) {
      // This replay began before the hole was noticed, so it proves nothing.
      if (hole.isAsked) this.#askFor(author, hole);
      return;
    }
    const { holeMs } = this.#context.timings;
    const [next] = heldOf(author);
    // The missing change is older than this event, so no push will bring it any more.
    const isOld = next !== undefined && this.#context.serverNow() - Date.parse(next.at) > holeMs * 2 ** MAX_ASKS;
    if (isOld || ++hole.asks >= hole.maxAsks) this.#giveUp(author, hole);
    else this.#setDue(hole, this.#context.jitter(holeMs * 2 ** hole.asks));
  }

  #giveUp(author: Author, hole: Hole): void {
    const isRead = this.#delivery.isRead(author, this.#delivery.order.missingBefore(author, hole));
    this.#delivery.release(author, !isRead);
  }

  /** The channel to ask for an author's missing changes: one that the app wants and that has all of them, if there is one. */
  #brings(author: Author): Channel | undefined {
    const { channels } = this.#context;
    const names = isConversation(author.name)
      ? [author.name]
      : [`author:${author.name}`, ...(author.inTimeline ? ['timeline'] : []), 'all'];
    for (const name of names) {
      const channel = channels.get(name);
      if (channel?.isWanted && isComplete(channel.name)) return channel;
    }
    return undefined;
  }

  /** Asks for a replay of a channel. */
  want(channel: Channel, from: string): void {
    this.#context.channels.ask(channel, from);
    this.#context.changed();
  }
}
