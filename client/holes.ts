import type { Author } from './author.ts';
import { type Channel, isComplete, isLoose } from './channels.ts';
import type { Context } from './context.ts';
import type { Delivery } from './delivery.ts';
import { isConversation } from './numbered.ts';

/** How often a hole is asked for, each time after twice as long, before it is told as a gap. */
const MAX_ASKS = 3;
/** A number that a check has found missing was asked for already, by the replay before it. */
export const MAX_ASKS_OF_CHECK = 2;
/** Whoever reads a list over HTTP so long after a change finds it there. */
export const READABLE_MS = 2_000;

/** What is missing of each author: it is asked for, a few times, and then given up. */
export class Holes {
  /** Whether the server has told which conversations there are. */
  hasConversations = false;
  readonly #context: Context;
  readonly #delivery: Delivery;

  constructor(context: Context, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  /** Sees to what is due. */
  tick(): void {
    const now = this.#context.now();
    for (const author of this.#delivery.order.pending) {
      if (author.dueAt > now) this.#context.wake(author.dueAt);
      else if (author.last === undefined) this.#admit(author);
      else this.#askFor(author);
    }
  }

  /** Somebody's channel may be gone, and with it what was asked of it. */
  recheck(): void {
    for (const author of this.#delivery.order.pending) {
      if (author.dueAt === Number.POSITIVE_INFINITY) author.dueAt = this.#context.now();
    }
    this.#context.wake(this.#context.now());
  }

  /** A replay of a channel, begun at this time, is over. */
  conclude(channel: Channel, startedAt: number): void {
    for (const author of this.#delivery.order.pending) {
      if (author.last === undefined) this.#admit(author);
      else if (this.#brings(author) === channel) this.#concludeHole(author, startedAt);
    }
    this.#delivery.tellLate();
  }

  /** Something of this author may be missing since this time. */
  look(author: Author, noticedAt: number, maxAsks = MAX_ASKS): void {
    const isNoticed = author.noticedAt !== undefined && author.noticedBehind === author.last;
    if (isNoticed || !this.#delivery.order.pending.has(author)) return;
    const { newcomerMs, holeMs } = this.#context.timings;
    author.noticedAt = noticedAt;
    author.noticedBehind = author.last;
    author.asks = 0;
    author.maxAsks = maxAsks;
    author.since = this.#brings(author)?.since ?? '';
    author.dueAt = this.#context.now() + (author.last === undefined ? newcomerMs : this.jitter(holeMs));
    this.#context.wake(author.dueAt);
  }

  /** Lets the first events of an author through, unless a replay may bring what comes before them. */
  #admit(author: Author): void {
    const { channels } = this.#context;
    const names = new Set([...author.held.values()].flatMap((event) => event.channels));
    const isUncertain = [...names].some((name) => channels.isWanted(name) && channels.get(name)?.isWhole === false);
    if (isUncertain) {
      author.dueAt = Number.POSITIVE_INFINITY;
      return;
    }
    // One that the first check did not name has begun since, or the user was added to it: what came before is news too.
    if (this.hasConversations && isConversation(author.name)) author.last = 0;
    else this.#delivery.release(author, false);
    // Behind the first events there may be a hole.
    author.noticedAt = undefined;
    this.look(author, this.#context.now());
  }

  #askFor(author: Author): void {
    const channel = this.#brings(author);
    if (!channel) {
      this.#giveUp(author, false);
      return;
    }
    // What is under way may have begun before the hole was noticed; a new connection replays every channel by itself.
    author.dueAt = Number.POSITIVE_INFINITY;
    if (this.#context.active()) this.want(channel, author.since);
  }

  #concludeHole(author: Author, startedAt: number): void {
    if (this.#delivery.order.isExplained(author)) {
      this.#giveUp(author, false);
      return;
    }
    if ((author.noticedAt ?? 0) > startedAt) {
      // This replay may have been too early for it.
      if (author.dueAt === Number.POSITIVE_INFINITY) this.#askFor(author);
      return;
    }
    const { holeMs } = this.#context.timings;
    const [next] = [...author.held.values()].sort((a, b) => a.seq - b.seq);
    // What is missing is older than this: it is not on its way any more.
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

  /** What is missing of a stranger is in lists alone that the app reads anew afterwards: it was told so, or is to be told. */
  #isTold(author: Author): boolean {
    if (author.inTimeline || this.#brings(author)?.name !== 'all') return false;
    const { channels, looseAt, serverAhead } = this.#context;
    const readable = this.#delivery.order.missingBefore(author) + READABLE_MS;
    if (Number.isFinite(looseAt)) return readable < looseAt + serverAhead;
    return [...channels].every(({ name, isWanted, toldAt }) => !isWanted || !isLoose(name) || readable < toldAt);
  }

  /** The channel to ask for an author's missing changes, if any that is wanted has them all. */
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

  /** Wants a replay of a channel. */
  want(channel: Channel, from: string): void {
    this.#context.channels.ask(channel, from);
    this.#context.changed();
  }

  /** Between three quarters and five quarters: many clients must not ask at the same moment. */
  jitter(ms: number): number {
    return ms * (0.75 + this.#context.random() / 2);
  }
}
