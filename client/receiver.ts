import { bringsUnfollowed } from './channels.ts';
import { Comparison } from './comparison.ts';
import type { Context } from './context.ts';
import { Delivery } from './delivery.ts';
import { Holes } from './holes.ts';
import { channelOf, itemOf, listOf } from './numbered.ts';
import type { Order } from './order.ts';
import type { ConversationNews, Message, NumberedEvent, Relation, Thought } from './types.ts';

/**
 * Milliseconds before the start that the first replay covers, because the clocks of servers differ. The client does not give
 * the app what it has read already.
 */
const EARLY_MS = 30_000;

/**
 * Receives events, of pushes and of replays, and what the app has read. It has them put in order and given to the app, has missing ones
 * asked for, and has all compared with the server's numbers.
 */
export class Receiver {
  readonly holes: Holes;
  readonly comparison: Comparison;
  readonly #context: Context;
  readonly delivery: Delivery;
  /** The app reads changes before this time by itself. Milliseconds since 1970, by the server's clock. */
  startedAt: number | undefined;

  constructor(context: Context, since: string | undefined) {
    this.#context = context;
    this.delivery = new Delivery(context);
    this.holes = new Holes(context, this.delivery);
    this.comparison = new Comparison(context, this.delivery, this.holes, since);
    if (since) this.startedAt = 0;
  }

  get order(): Order {
    return this.delivery.order;
  }

  /** Does what is due now. */
  tick(): void {
    this.holes.tick();
    this.delivery.tick();
  }

  /** Called at the first connection. The app reads earlier changes by itself. */
  start(serverMs: number, id: string): void {
    this.startedAt = serverMs;
    this.comparison.countFrom = id;
  }

  /** An event of a replay that began at this time. What is older than the start counts only when a list was read without it. */
  replayed(event: NumberedEvent, startedAt: number): void {
    const earlyMs = event.channels.every(bringsUnfollowed) ? EARLY_MS : 0;
    const isEarlier = Date.parse(event.at) < (this.startedAt ?? 0) - earlyMs;
    if (!isEarlier || event.channels.some((channel) => this.#isMissing(event, channel))) this.receive(event, startedAt);
  }

  /** Whether the app has read this part of a list, and the list did not have the event yet: its fan-out was late. */
  #isMissing(event: NumberedEvent, channel: string): boolean {
    const { readFrom } = this.#context.channels.get(channel) ?? {};
    if (readFrom === undefined || itemOf(event) < readFrom) return false;
    return !this.order.versions.isRead(event, channel);
  }

  /** @param list the channel of the list in which the app has read these */
  known(items: (Thought | Message)[], list: string | undefined): void {
    const part = list === undefined ? undefined : this.#context.channels.noteRead(list, items);
    const ids = new Set(items.map(({ id }) => id));
    if (list !== undefined && part && this.order.versions.noteAbsent(list, part, ids, this.#context.now())) {
      this.delivery.tellLater({ channel: list });
    }
    for (const item of items) {
      this.delivery.emit(this.order.read(item, 'conversationId' in item ? listOf(item) : list));
      if ('conversationId' in item) this.delivery.conversation(listOf(item));
      this.holes.notice(this.order.author(listOf(item)), this.#context.now());
    }
  }

  news(news: ConversationNews): void {
    this.#context.emit('conversation', news);
    if (news.type !== 'conversation.changed') return;
    const name = channelOf(news.conversation.id);
    if (!news.left) {
      this.delivery.emit(this.order.begin(this.order.author(name), news.after ?? 0, this.#context.serverNow()));
      return;
    }
    const channel = this.#context.channels.get(name);
    if (channel) channel.isWanted = false;
    this.#context.changed();
  }

  /** The author's numbers may be missing from the timeline by rights from now on, or no more. */
  relation({ author: name, follows, muted }: Relation): void {
    this.order.setInTimeline(this.order.author(name), follows && !muted);
    this.holes.recheck();
  }

  /** @param replayStartedAt undefined: it came by itself */
  receive(event: NumberedEvent, replayStartedAt?: number): void {
    if ('conversationId' in event) this.delivery.conversation(listOf(event));
    for (const channel of event.channels) this.#context.channels.note(channel, itemOf(event));
    const steps = this.order.accept(event);
    this.delivery.emit(steps);
    if (steps[0]?.kind !== 'event') this.order.versions.noteTold(event, this.#context.now());
    if (this.order.pending.size > 0) {
      this.holes.notice(this.order.author(listOf(event)), replayStartedAt ?? this.#context.now());
    }
  }
}
