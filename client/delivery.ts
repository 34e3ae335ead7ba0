import type { Author } from './author.ts';
import { type Channel, idAt } from './channels.ts';
import type { Context } from './context.ts';
import { inAllItsLists, listOf } from './numbered.ts';
import { Order, type Step } from './order.ts';
import type { NumberedEvent } from './types.ts';

/** Gives the app events in order, each with all lists that it belongs to, and tells the app of losses. */
export class Delivery {
  readonly order = new Order();
  readonly #context: Context;
  /** Authors of whom a replay has brought changes too late for their order. Each author is told as one gap after the replay. */
  readonly #late = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  emit(steps: Step[], isReplay = false): void {
    for (const step of steps) {
      if (step.kind === 'event') this.#give(step.event);
      else if (isReplay) this.#late.add(step.author);
      else this.#context.onLoss(step.author);
    }
  }

  /** Gives the events that wait after a hole. @param isLoss whether a change may be lost for good */
  release(author: Author, isLoss: boolean): void {
    this.emit(this.order.release(author, isLoss));
  }

  /** Tells the gaps that a replay has collected. */
  tellLate(): void {
    for (const list of this.#late) this.#context.onLoss(list);
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
    const { inTimeline } = this.order.author(listOf(event));
    const { channels } = this.#context;
    if ('conversationId' in event) {
      this.#context.tell('message', event);
      return;
    }
    const isThere = (name: string) => (name === 'timeline' ? inTimeline : channels.isWanted(name));
    this.#context.tell('event', inAllItsLists(event, isThere));
  }
}
