import type { Channel } from './channels.ts';
import { idAt, isComplete, isLoose } from './channels.ts';
import type { Context } from './context.ts';
import { TimelineCount } from './count.ts';
import { channelOf, isConversation, itemOf, listOf } from './numbered.ts';
import { type Author, Order, type Step } from './order.ts';
import type { ConversationNews, Message, NumberedEvent, Relation, ServerFrame, Thought } from './types.ts';

/** How often a hole is asked for, each time after twice as long, before it is told as a gap. */
const MAX_ASKS = 3;
/** A number that a check has found missing was asked for already, by the replay before it. */
const MAX_ASKS_OF_CHECK = 2;
/**
 * The list that an app begins with may lack what was made so shortly before, by servers whose clocks differ. What the app
 * has read all the same is not given to it.
 */
const EARLY_MS = 30_000;
/** As many as a check's frame takes. */
export const CHECK_AUTHORS = 100;

type Pong = Extract<ServerFrame, { type: 'pong' }>;

/** What comes in: put in order, held against the server's lists, and made whole. */
export class Inbox {
  readonly order = new Order();
  readonly #context: Context;
  readonly #count: TimelineCount;
  /** Authors of whom a replay has brought what can't be given in order any more: one reading makes up for all of it. */
  readonly #late = new Set<string>();
  /** Changes made before this are the app's own to read. Milliseconds since 1970, by the server's clock. */
  startedAt: number | undefined;
  /** Of which authors the server made the timeline when it was asked last. */
  #sources: string | undefined;
  /** Whether the server has told which conversations there are. */
  #hasConversations = false;
  /** A count that was short: what is stored may be on its way still. */
  #doubt: { count: number; from: string; dueAt: number } | undefined;

  constructor(context: Context, since: string | undefined) {
    this.#context = context;
    this.#count = new TimelineCount(since ?? '');
    if (since) this.startedAt = 0;
  }

  /** The first connection: what was before is the app's to read. */
  start(serverMs: number, id: string): void {
    this.startedAt = serverMs;
    this.#count.from = id;
  }

  receive(event: NumberedEvent): void {
    this.#take(event);
  }

  /** An event of a replay that began at this time. */
  replayed(event: NumberedEvent, startedAt: number): void {
    const earlyMs = event.channels.every(isLoose) ? EARLY_MS : 0;
    if (Date.parse(event.at) >= (this.startedAt ?? 0) - earlyMs) this.#take(event, startedAt);
  }

  known(items: (Thought | Message)[]): void {
    for (const item of items) {
      this.#emit(this.order.read(item));
      if ('conversationId' in item) this.conversation(listOf(item));
      this.#look(this.order.author(listOf(item)), this.#context.now());
    }
  }

  /** The channel of a conversation: it comes by itself, and is whole until a number is missing. */
  conversation(name: string): Channel {
    const { channels } = this.#context;
    const known = channels.get(name);
    const channel = channels.want(name);
    if (!known) channels.makeWhole(channel, idAt(this.#context.serverNow()));
    return channel;
  }

  news(news: ConversationNews): void {
    this.#context.effects.push({ type: 'conversation', news });
    if (news.type !== 'conversation.changed' || !news.left) return;
    const channel = this.#context.channels.get(channelOf(news.conversation.id));
    if (channel) channel.isWanted = false;
    this.#context.changed();
  }

  /** The timeline is made of other authors from now on, and the app knows. */
  forgetSources(): void {
    this.#sources = undefined;
  }

  /** The author's numbers may be missing from the timeline by rights from now on, or no more. */
  relation({ author: name, follows, muted }: Relation): void {
    this.forgetSources();
    this.order.setInTimeline(this.order.author(name), follows && !muted);
    this.recheck();
  }

  /** Somebody's channel may be gone, and with it what was asked of it. */
  recheck(): void {
    for (const author of this.order.pending) {
      if (author.dueAt === Number.POSITIVE_INFINITY) author.dueAt = this.#context.now();
    }
    this.#context.wake(this.#context.now());
  }

  /** Sees to what is due. */
  tick(): void {
    const now = this.#context.now();
    for (const author of this.order.pending) {
      if (author.dueAt > now) this.#context.wake(author.dueAt);
      else if (author.last === undefined) this.#admit(author);
      else this.#askFor(author);
    }
    if (this.#doubt && this.#doubt.dueAt <= now) this.#resolveDoubt(this.#doubt);
    else if (this.#doubt) this.#context.wake(this.#doubt.dueAt);
  }

  /** A replay of a channel, begun at this time, is over. */
  conclude(channel: Channel, startedAt: number): void {
    for (const author of this.order.pending) {
      if (author.last === undefined) this.#admit(author);
      else if (this.#brings(author) === channel) this.#concludeHole(author, startedAt);
    }
    for (const list of this.#late) this.#context.onLoss(list);
    this.#late.clear();
  }

  /** Whom to ask about: first the authors of channels, then as many others as fit, in turn. */
  checkFrames(frames: number): { authors: string[]; since?: string; conversations?: boolean }[] {
    const ofChannels = [...this.#context.channels].flatMap(({ name, isWanted }) =>
      isWanted && name.startsWith('author:') ? [name.slice('author:'.length)] : [],
    );
    const others = this.order.nextAuthors(Math.max(0, frames * CHECK_AUTHORS - ofChannels.length));
    const authors = [...new Set([...ofChannels, ...others])];
    const since = this.#count.from;
    const checks: { authors: string[]; since?: string; conversations?: boolean }[] = [];
    for (let at = 0; at === 0 || at < authors.length; at += CHECK_AUTHORS) {
      // The timeline and the conversations are looked at once.
      const once = at === 0 && { ...(since && { since }), conversations: true };
      checks.push({ authors: authors.slice(at, at + CHECK_AUTHORS), ...once });
    }
    return checks.slice(0, frames);
  }

  /** Holds what has come against what the server has. */
  compare(authors: string[], since: string | undefined, { at, count, seqs, conversations, sources }: Pong): void {
    const { newcomerMs } = this.#context.timings;
    // Somebody was followed or muted meanwhile, and the word of it was lost.
    if (this.#sources !== undefined && sources !== undefined && sources !== this.#sources) {
      this.#context.onGap({ channel: 'timeline' });
    }
    this.#sources = sources ?? this.#sources;
    // No numbers at all: the server is late, and compares nothing.
    for (const name of seqs ? authors : []) {
      // Own properties only: an author may be called `constructor`.
      const seq = seqs && Object.hasOwn(seqs, name) ? seqs[name] : undefined;
      const author = this.order.author(name);
      if (seq === undefined) {
        if (author.inTimeline) this.#leave(author);
        else this.order.setInTimeline(author, false);
        continue;
      }
      if (!this.#context.channels.isWanted(`author:${name}`)) this.order.setInTimeline(author, true);
      const isNew = author.last === undefined && author.held.size === 0;
      this.order.expect(author, seq);
      // An event that this number counts may be on its way still.
      if (isNew) author.dueAt = this.#context.now() + newcomerMs;
      if (isNew) this.#context.wake(author.dueAt);
      else this.#look(author, this.#context.now(), MAX_ASKS_OF_CHECK);
    }
    if (conversations) this.#compareConversations(conversations);
    if (count !== undefined && since !== undefined) {
      if (this.#count.isShort(count, since)) {
        this.#doubt = { count, from: since, dueAt: this.#context.now() + this.#jitter(this.#context.timings.holeMs) };
        this.#context.wake(this.#doubt.dueAt);
      } else this.#count.moveTo(Date.parse(at));
    }
  }

  /** The first time they are what the app begins with. Later, one that is not known has begun meanwhile. */
  #compareConversations(seqs: Record<string, number>): void {
    for (const [id, seq] of Object.entries(seqs)) {
      const name = channelOf(id);
      const list = this.order.author(name);
      const isNew = list.last === undefined && list.held.size === 0;
      this.conversation(name);
      this.order.expect(list, seq);
      if (!isNew) this.#look(list, this.#context.now(), MAX_ASKS_OF_CHECK);
      else if (this.#hasConversations) this.#context.onLoss(name);
      if (isNew) this.#emit(this.order.release(list, false));
    }
    this.#hasConversations = true;
  }

  /** Whom the server doesn't answer for is followed no more, or muted; the word of it was lost. */
  #leave(author: Author): void {
    this.order.setInTimeline(author, false);
    const relation = { author: author.name, follows: false, muted: false };
    this.#context.effects.push({ type: 'relation', relation });
  }

  #resolveDoubt({ count, from }: { count: number; from: string }): void {
    this.#doubt = undefined;
    if (!this.#count.isShort(count, from)) return;
    const timeline = this.#context.channels.get('timeline');
    if (!timeline || !this.#context.active()) return;
    this.#want(timeline, this.#count.canRewind(count) ? from : (timeline.since ?? from));
    this.#count.moveTo(this.#context.serverNow());
  }

  /** @param replayStartedAt undefined: it came by itself */
  #take(event: NumberedEvent, replayStartedAt?: number): void {
    if ('conversationId' in event) this.conversation(listOf(event));
    for (const channel of event.channels) {
      this.#context.channels.note(channel, itemOf(event));
      if (channel === 'timeline') this.#count.note(itemOf(event));
    }
    this.#emit(this.order.accept(event), replayStartedAt !== undefined);
    if (this.order.pending.size > 0) {
      this.#look(this.order.author(listOf(event)), replayStartedAt ?? this.#context.now());
    }
  }

  /** Something of this author may be missing since this time. */
  #look(author: Author, noticedAt: number, maxAsks = MAX_ASKS): void {
    const isNoticed = author.noticedAt !== undefined && author.noticedBehind === author.last;
    if (isNoticed || !this.order.pending.has(author)) return;
    const { newcomerMs, holeMs } = this.#context.timings;
    author.noticedAt = noticedAt;
    author.noticedBehind = author.last;
    author.asks = 0;
    author.maxAsks = maxAsks;
    author.since = this.#brings(author)?.since ?? '';
    author.dueAt = this.#context.now() + (author.last === undefined ? newcomerMs : this.#jitter(holeMs));
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
    const isNewConversation = isConversation(author.name) && this.#hasConversations;
    if (isNewConversation) author.last = 0;
    else this.#emit(this.order.release(author, false));
    // Behind the first events there may be a hole.
    author.noticedAt = undefined;
    this.#look(author, this.#context.now());
  }

  #askFor(author: Author): void {
    const channel = this.#brings(author);
    if (!channel) {
      this.#giveUp(author, false);
      return;
    }
    // What is under way may have begun before the hole was noticed; a new connection replays every channel by itself.
    author.dueAt = Number.POSITIVE_INFINITY;
    if (this.#context.active()) this.#want(channel, author.since);
  }

  #concludeHole(author: Author, startedAt: number): void {
    if (this.order.isExplained(author)) {
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
    author.dueAt = this.#context.now() + this.#jitter(holeMs * 2 ** author.asks);
    this.#context.wake(author.dueAt);
  }

  #giveUp(author: Author, isLoss: boolean): void {
    this.#emit(this.order.release(author, isLoss));
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

  #want(channel: Channel, from: string): void {
    this.#context.channels.ask(channel, from);
    this.#context.changed();
  }

  /** Between three quarters and five quarters: many clients must not ask at the same moment. */
  #jitter(ms: number): number {
    return ms * (0.75 + this.#context.random() / 2);
  }

  #emit(steps: Step[], isReplay = false): void {
    for (const step of steps) {
      if (step.kind === 'event') this.#context.onEvent(step.event);
      else if (isReplay) this.#late.add(step.author);
      else this.#context.onLoss(step.author);
    }
  }
}
