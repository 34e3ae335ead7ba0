import { idAt } from './channels.ts';
import type { Context } from './context.ts';
import type { Delivery } from './delivery.ts';
import { type Holes, MAX_ASKS_OF_CHECK } from './holes.ts';
import { channelOf } from './numbered.ts';
import type { ServerFrame } from './types.ts';

/** The most authors in one `check` frame. */
const CHECK_AUTHORS = 100;
/** The most entries to ask the server to count: it counts no more than 500. */
const MAX_COUNTED = 400;
/** A replay from so many back begins early enough to be whole. */
const MAX_REWIND = 350;
/** Entries may come into a timeline later than younger ones, as the server's own replays assume. */
const LATE_MS = 120_000;

type Pong = Extract<ServerFrame, { type: 'pong' }>;

/** What one `check` frame asks about. */
interface Check {
  authors: string[];
  since?: string;
  conversations?: boolean;
}

/** Compares what has come with what the server has: the numbers of authors and conversations, and the timeline's count. */
export class Comparison {
  /** The id after which the entries of the timeline are counted. */
  countFrom: string;
  readonly #context: Context;
  readonly #delivery: Delivery;
  readonly #holes: Holes;
  /** The last check's digest of the timeline's authors. Undefined before the first check, unless the app began with a `since`. */
  #sources: string | undefined;

  constructor(context: Context, delivery: Delivery, holes: Holes, since: string | undefined) {
    this.#context = context;
    this.#delivery = delivery;
    this.#holes = holes;
    this.countFrom = since ?? '';
    // No digest is equal to this: what has changed since then is told after the first check.
    this.#sources = since;
  }

  /** The authors to ask about: first those of `author:` channels, then as many others as fit, in turn. */
  frames(frames: number): Check[] {
    const ofChannels = [...this.#context.channels].flatMap(({ name, isWanted }) =>
      isWanted && name.startsWith('author:') ? [name.slice('author:'.length)] : [],
    );
    const others = this.#delivery.order.nextAuthors(Math.max(0, frames * CHECK_AUTHORS - ofChannels.length));
    const authors = [...new Set([...ofChannels, ...others])];
    const counted = this.#counted(this.countFrom).sort();
    // Of a busy timeline, count the newer entries only.
    const since = counted.length > MAX_COUNTED ? counted.at(-MAX_COUNTED / 2) : this.countFrom;
    const checks: Check[] = [];
    for (let at = 0; at === 0 || at < authors.length; at += CHECK_AUTHORS) {
      // Only the first frame asks about the timeline and the conversations.
      const once = at === 0 && { ...(since && { since }), conversations: true };
      checks.push({ authors: authors.slice(at, at + CHECK_AUTHORS), ...once });
    }
    return checks.slice(0, frames);
  }

  /** Compares what has come with the answer to a check. */
  compare({ authors, since }: Check, { at, count, seqs, conversations = {}, ...pong }: Pong): void {
    const { newcomerMs } = this.#context.timings;
    const { sources = this.#sources ?? '', notInTimeline } = pong;
    // A follow or a mute has changed. Its frame may be lost, also when a frame of another change has come.
    if (this.#sources !== undefined && sources !== this.#sources) this.#context.emit('gap', { channel: 'timeline' });
    this.#sources = sources;
    // An answer without numbers: the fan-out is late, so the server compares nothing.
    for (const name of seqs ? authors : []) {
      // Read own properties only, because an author may be called `constructor`.
      const seq = seqs && Object.hasOwn(seqs, name) ? seqs[name] : undefined;
      const author = this.#delivery.order.author(name);
      // A server of the release before does not say which of them only an `author:` channel brings.
      const isListed = author.inTimeline || !this.#context.channels.isWanted(`author:${name}`);
      const isInTimeline = seq !== undefined && (notInTimeline ? !notInTimeline.includes(name) : isListed);
      // The user has unfollowed or muted the author, and the frame was lost.
      if (author.inTimeline && !isInTimeline)
        this.#context.emit('relation', { author: name, follows: false, muted: false });
      this.#delivery.order.setInTimeline(author, isInTimeline);
      if (seq === undefined) continue;
      const isNew = author.last === undefined && !author.hole;
      // The server sees no change of this author yet, so the first one has number 1.
      if (isNew && seq === 0) author.last = 0;
      this.#delivery.order.expect(author, seq, Date.parse(at), this.#context.now());
      // The event with this number may still be on its way.
      if (!isNew) this.#holes.notice(author, this.#context.now(), MAX_ASKS_OF_CHECK);
      else if (author.hole) author.hole.dueAt = this.#context.wakeIn(newcomerMs);
    }
    this.#compareConversations(conversations);
    // Also when the answer had no numbers.
    this.#holes.hasBegun = true;
    if (count === undefined || since === undefined) return;
    const timeline = this.#context.channels.get('timeline');
    // What is counted stands in the list, so a replay has it, also when its event is on its way.
    if (timeline && this.#counted(since).length < count) {
      this.#holes.want(timeline, count > MAX_REWIND ? timeline.newest : since);
    }
    const from = idAt(Date.parse(at) - LATE_MS);
    if (from > this.countFrom) this.countFrom = from;
  }

  #counted(from: string): string[] {
    return this.#delivery.order.versions.idsIn('timeline', from);
  }

  /** The conversations of the first check are those that the app begins with. Of any other, the app may lack messages. */
  #compareConversations(seqs: Record<string, number>): void {
    const { hasBegun } = this.#holes;
    for (const [id, seq] of Object.entries(seqs)) {
      const name = channelOf(id);
      const list = this.#delivery.order.author(name);
      const isNew = list.last === undefined && !(hasBegun && list.hole);
      this.#delivery.conversation(name);
      this.#delivery.order.expect(list, seq, this.#context.serverNow(), this.#context.now());
      if (!isNew) this.#holes.notice(list, this.#context.now(), MAX_ASKS_OF_CHECK);
      else if (hasBegun) this.#context.emit('gap', { channel: name });
      if (isNew) this.#delivery.release(list, false);
    }
  }
}
