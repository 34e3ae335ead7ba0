import type { Author } from './author.ts';
import { bringsUnfollowed, type Channel, isComplete } from './channels.ts';
import type { Context } from './context.ts';
import { type Delivery, READABLE_MS } from './delivery.ts';
import { isConversation } from './numbered.ts';

/** How often a hole is asked for before it is told as a gap. The wait doubles each time. */
const MAX_ASKS = 3;
/** The same for a number that a check has found missing: the replay before the check has asked for it once. */
export const MAX_ASKS_OF_CHECK = 2;

/** Asks for the missing numbers of each author a few times, and then gives them up. */
export class Holes {
  /** Whether the server has told which conversations the user has. */
  hasConversations = false;
  readonly #context: Context;
  readonly #delivery: Delivery;

  constructor(context: Context, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  /** Does what is due now. */
  tick(): void {
    const now = this.#context.now();
    for (const author of this.#delivery.order.pending) {
      if (author.dueAt > now) this.#context.wake(author.dueAt);
      else if (author.last === undefined) this.#admit(author);
      else this.#askFor(author);
    }
  }

  /** A channel may be unsubscribed: replays that were asked of it may never come, so ask again. */
  recheck(): void {
    for (const author of this.#delivery.order.pending) {
      if (author.dueAt === Number.POSITIVE_INFINITY) author.dueAt = this.#context.now();
    }
    this.#context.wake(this.#context.now());
  }

  /** Handles the end of a channel's replay. @param startedAt when the replay began */
  conclude(channel: Channel, startedAt: number): void {
    for (const author of this.#delivery.order.pending) {
      if (author.last === undefined) this.#admit(author);
      else if (this.#brings(author) === channel) this.#concludeHole(author, startedAt);
    }
  }

  /** Notes a possible hole of this author. @param noticedAt when it was noticed */
  notice(author: Author, noticedAt: number, maxAsks = MAX_ASKS): void {
    const isNoticed = author.noticedAt !== undefined && author.noticedBehind === author.last;
    if (isNoticed || !this.#delivery.order.pending.has(author)) return;
    const { newcomerMs, holeMs } = this.#context.timings;
    author.noticedAt = author.held.size > 0 ? noticedAt : Math.max(noticedAt, author.expectedSince);
    author.noticedBehind = author.last;
    author.asks = 0;
    author.maxAsks = maxAsks;
    author.since = this.#brings(author)?.since ?? '';
    author.dueAt = this.#context.now() + (author.last === undefined ? newcomerMs : this.jitter(holeMs));
    this.#context.wake(author.dueAt);
  }

  /** Gives the first events of an author, unless a replay under way may bring earlier ones. */
  #admit(author: Author): void {
    const { channels } = this.#context;
    const names = new Set([...author.held.values()].flatMap((event) => event.channels));
    const isUncertain = [...names].some((name) => channels.isWanted(name) && channels.get(name)?.isWhole === false);
    if (isUncertain) {
      author.dueAt = Number.POSITIVE_INFINITY;
      return;
    }
    // The first check did not name this conversation: it has begun since, or the user was added since. So it begins with 1.
    if (this.hasConversations && isConversation(author.name)) author.last = 0;
    else this.#delivery.release(author, false);
    // There may be a hole after the first events.
    author.noticedAt = undefined;
    this.notice(author, this.#context.now());
  }

  #askFor(author: Author): void {
    const channel = this.#brings(author);
    if (!channel) {
      this.#giveUp(author, false);
      return;
    }
    // Ask even when a replay is under way: it may have begun before the hole was noticed. A new connection replays every channel anyway.
    author.dueAt = Number.POSITIVE_INFINITY;
    if (this.#context.active()) this.want(channel, author.since);
  }

  #concludeHole(author: Author, startedAt: number): void {
    // This replay proves nothing of numbers that a check has told of since it began.
    const isTooEarly = author.expectedSince > startedAt;
    const upTo = isTooEarly ? Math.max(author.last ?? 0, ...author.held.keys()) : author.expected;
    if (author.held.size > 0 && isTooEarly && this.#delivery.order.isExplained(author, upTo)) {
      this.#delivery.release(author, false, upTo);
      this.notice(author, author.expectedSince, MAX_ASKS_OF_CHECK);
      return;
    }
    if (this.#delivery.order.isExplained(author)) {
      this.#giveUp(author, false);
      return;
    }
    if ((author.noticedAt ?? 0) > startedAt) {
      // This replay began before the hole was noticed, so it proves nothing.
      if (author.dueAt === Number.POSITIVE_INFINITY) this.#askFor(author);
      return;
    }
    const { holeMs } = this.#context.timings;
    const [next] = [...author.held.values()].sort((a, b) => a.seq - b.seq);
    // The missing change is older than this event, so no push will bring it any more.
    const isOld = next !== undefined && this.#context.serverNow() - Date.parse(next.at) > holeMs * 2 ** MAX_ASKS;
    if (isOld || ++author.asks >= author.maxAsks) {
      this.#giveUp(author, true);
      return;
    }
    author.dueAt = this.#context.now() + this.jitter(holeMs * 2 ** author.asks);
    this.#context.wake(author.dueAt);
  }

  #giveUp(author: Author, isLoss: boolean): void {
    this.#delivery.release(author, isLoss && !this.#isTold(author));
  }

  /**
   * Whether the app reads the missing changes anyway. A stranger's changes are only in lists of strangers. When the app was
   * told to read all of these anew after the changes were made, or will be told, the hole needs no gap of its own.
   */
  #isTold(author: Author): boolean {
    if (author.inTimeline || this.#brings(author)?.name !== 'all') return false;
    const { channels, readAgainAt, serverAhead } = this.#context;
    const readable = this.#delivery.order.missingBefore(author) + READABLE_MS;
    if (Number.isFinite(readAgainAt)) return readable < readAgainAt + serverAhead;
    return [...channels].every(
      ({ name, isWanted, toldAt }) => !isWanted || !bringsUnfollowed(name) || readable < toldAt,
    );
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

  /** A random time from 0.75 to 1.25 times `ms`, because many clients must not ask at the same moment. */
  jitter(ms: number): number {
    return ms * (0.75 + this.#context.random() / 2);
  }
}
