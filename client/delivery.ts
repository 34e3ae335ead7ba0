import type { Author } from './author.ts';
import { type Channel, idAt } from './channels.ts';
import type { Context } from './context.ts';
import { gapOf, inAllItsLists, listOf } from './numbered.ts';
import { Order, type Step } from './order.ts';
import type { Gap, NumberedEvent } from './types.ts';

/** Gives the app events in order, each with all lists that it belongs to, and tells the app of losses. */
export class Delivery {
  readonly order = new Order();
  readonly #context: Context;
  /** Gaps because a replay has brought changes too late for their order. Each is told once, after the replay. */
  readonly #late = new Map<string, Gap>();

  constructor(context: Context) {
    this.#context = context;
  }

  emit(steps: Step[], isReplay = false): void {
    for (const step of steps) {
      if (step.kind === 'event') {
        this.#give(step.event);
        continue;
      }
      for (const gap of step.kind === 'late' ? this.#missed(step.event) : [gapOf(step.author)]) {
        if (isReplay) this.#late.set(JSON.stringify(gap), gap);
        else this.#context.onGap(gap);
      }
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

  /** Tells the gaps that a replay has collected. */
  tellLate(): void {
    for (const gap of this.#late.values()) this.#context.onGap(gap);
    this.#late.clear();
  }

  /** The channel of a conversation. It needs no subscription, and is complete until a number is missing. */
  conversation(name: string): Channel {
    const { channels } = this.#context;
    const known = channels.get(name);
    const channel = channels.want(name);
    if (!known) channels.makeWhole(channel, idAt(this.#context.serverNow()));
    return channel;
  }

  #give(event: NumberedEvent): void {
    if ('conversationId' in event) {
      this.#context.emit('message', event);
      return;
    }
    const { inTimeline } = this.order.author(event.author);
    const { channels } = this.#context;
    const isThere = (name: string) => (name === 'timeline' ? inTimeline : channels.isWanted(name));
    this.#context.emit('event', inAllItsLists(event, isThere));
  }

  /** The gaps of an event that can't be given in order any more: the app reads anew the lists by which it came, where they lack it. */
  #missed(event: NumberedEvent): Gap[] {
    const isNews = !this.order.versions.isShown(event);
    const lacking = this.order.versions.noteMissed(event);
    return isNews ? [gapOf(listOf(event))] : lacking.map((channel) => ({ channel }));
  }
}
