import { hash } from 'node:crypto';
import { type Channel, type ConversationChannel, conversationOf, isConversation } from '../connections/channel.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import type { ConversationReader } from '../conversations/conversation-reader.ts';
import { latestNumbers } from '../conversations/inbox.ts';
import type { InboxStore } from '../conversations/inbox-store.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { MessageEvent } from '../protocol/message-event.ts';
import type { FrameOfServer } from '../protocol/server-frames.ts';
import { eventBodyOf, type ThoughtEvent } from '../protocol/thought-event.ts';
import type { Page, PageRequest } from '../thoughts/page.ts';
import { timeOfId } from '../thoughts/thought.ts';
import type { ThoughtList } from '../thoughts/thought-list.ts';
import type { ThoughtLists } from '../thoughts/thought-lists.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';
import type { LagStore } from '../timelines/lag-store.ts';
import type { OpenTimeline, TimelineReader } from '../timelines/timeline-reader.ts';
import { replayMessages } from './message-replay.ts';
import { OVERLAP_MS, replayReferences } from './replay-start.ts';

const PAGE = 50;
/** At most this many references are replayed; with more, the client reads the list again over HTTP. */
const MAX_PAGES = 10;
export const PAGE_BYTES = 100 * 1024;
/** A pong counts at most as many entries as a resume replays. */
const MAX_COUNT = MAX_PAGES * PAGE;

interface Dependencies {
  thoughts: ThoughtStore;
  lists: ThoughtLists;
  lag: LagStore;
  reader: TimelineReader;
  follows: FollowStore;
  connections: ConnectionStore;
  messages: MessageStore;
  inboxes: InboxStore;
  conversationReader: ConversationReader;
}

export interface ResumeRequest {
  username: string;
  channel: Channel;
  /** An event's id, or a thought's. */
  since: string;
  /** Where the page before has stopped. */
  page?: string | undefined;
}

/** One page of one channel's replay. `unknown`: there is no such channel for this user. */
export type ReplayPage = FrameOfServer<'events'> | FrameOfServer<'gap'> | MessagesPage | { type: 'unknown' };
type MessagesPage = { type: 'messages'; events: MessageEvent[]; next?: string | undefined };

/** The channels whose lists hold thoughts. */
type ThoughtChannel = Exclude<Channel, ConversationChannel>;

/** Answers the present state of what a channel's list holds from shortly before `since`, tombstones included. */
export class Resumer {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async resume({ username, channel, since, page = '' }: ResumeRequest): Promise<ReplayPage> {
    if (isConversation(channel)) return this.#messages(username, conversationOf(channel), since, page);
    const [last, number = '0'] = page.split(':');
    if (Number(number) >= MAX_PAGES) return { type: 'gap', channel, since };
    const list = await this.#list(username, channel);
    // One more than a page, to know whether there is a next one.
    const request = { limit: PAGE + 1, oldestFirst: true, tombstones: true };
    const [from = since] = since.split(':');
    const found = last
      ? await list.page({ ...request, after: last })
      : await list.page(request, replayReferences(list, from, PAGE + 1, await this.#overlap(from)));
    return replay(channel, found, Number(number) + 1);
  }

  /**
   * The id of the newest thought of a timeline, and the number of references behind `since`. The thoughts themselves are not
   * read: a client that has fewer resumes, and may learn that the others are not visible.
   * @param countBefore no thought that was made after this is counted, in milliseconds since 1970
   */
  async newest(
    username: string,
    since?: string,
    { opened, countBefore = Number.POSITIVE_INFINITY }: { opened?: OpenTimeline; countBefore?: number } = {},
  ): Promise<{ latest?: string; count?: number }> {
    const { list: timeline } = opened ?? (await this.open(username));
    const [after] = since?.split(':') ?? [];
    const behind = after ? await idsOf(timeline, { after, limit: MAX_COUNT, oldestFirst: true }) : [];
    const isEnd = behind.length > 0 && behind.length < MAX_COUNT;
    const newest = isEnd ? behind.at(-1) : (await idsOf(timeline, { limit: 1 })).at(0);
    const count = behind.filter((id) => timeOfId(id) <= countBefore).length;
    return { ...(newest && { latest: newest }), ...(after && { count }) };
  }

  /**
   * The number of the last change of each author whom the user follows, or whose channel the connection has subscribed to.
   * The client compares them with its own, and notices missed events. A number is 0 before the first change, also while a replica
   * does not have the author's head yet: without a number the client would take the author for one who is followed no more.
   */
  async lastSequenceNumbers(
    listener: { username: string; connectionId: string },
    authors: string[],
    opened?: OpenTimeline,
  ): Promise<Record<string, number>> {
    const { connections, thoughts } = this.#deps;
    const { isHeard } = opened ?? (await this.open(listener.username));
    const [heard, others] = [authors.filter(isHeard), authors.filter((author) => !isHeard(author))];
    const subscribed = await connections.subscribedAuthors(listener.connectionId, others);
    const brought = [...heard, ...subscribed];
    const heads = await thoughts.heads(brought, { consistent: false });
    return Object.fromEntries(brought.map((author) => [author, heads.get(author)?.seq ?? 0]));
  }

  /** What a channel holds before an id, newest first. */
  async past(username: string, channel: ThoughtChannel, before: string | undefined, limit: number): Promise<Page> {
    return (await this.#list(username, channel)).page({ after: before, limit });
  }

  /** The timeline of a user, opened once for several questions. */
  open(username: string): Promise<OpenTimeline> {
    return this.#deps.reader.openTimeline(username);
  }

  /**
   * A short name for whose thoughts a timeline shows, whatever their order. The number of follows that have ended counts too:
   * else a follow that has begun and ended while the socket was silent would look as if nothing had happened.
   */
  async sourcesOf(username: string, { authors }: OpenTimeline): Promise<string> {
    const ended = await this.#deps.follows.endedFollowsOf(username);
    return hash('sha256', [...authors.toSorted(), ended].join(), 'base64url').slice(0, 12);
  }

  /** While the fan-out is late, a missing event is usually on its way. Comparing numbers then would make every client resume. */
  isLate(): Promise<boolean> {
    return this.#deps.lag.isLate();
  }

  /** How long before the client's newest thought a replay begins, in milliseconds: at least as long as the fan-out was late. */
  async #overlap(since: string): Promise<number> {
    return OVERLAP_MS + (await this.#deps.lag.since(timeOfId(since)));
  }

  /** The numbers of the user's latest conversations, as the rows tell them; two read units for twenty of them. */
  async conversations(username: string): Promise<Record<string, number>> {
    return latestNumbers(await this.#deps.inboxes.rows(username));
  }

  async #messages(username: string, conversation: string, since: string, page: string): Promise<ReplayPage> {
    const { conversationReader, messages } = this.#deps;
    const span = await conversationReader.spanOf(username, conversation);
    if (!span) return { type: 'unknown' };
    const [from = since] = since.split(':');
    const place = page.split(':')[1];
    const replay = await replayMessages(messages, {
      ...{ conversation, span, since: from, after: place === undefined ? undefined : Number(place) },
      overlapMs: await this.#overlap(from),
      maxBytes: PAGE_BYTES,
    });
    if (replay.kind === 'gap') return { type: 'gap', channel: replay.channel, since };
    const events = await conversationReader.stillSeen(username, conversation, span, replay.events);
    return { type: 'messages', events, next: replay.next };
  }

  async #list(username: string, channel: ThoughtChannel): Promise<ThoughtList> {
    const { follows, lists, reader } = this.#deps;
    if (channel === 'timeline') return reader.timeline(username);
    const hiddenAmong = (authors: string[]) => follows.hiddenAmong(authors, username);
    if (channel === 'all') return lists.all(hiddenAmong);
    const name = channel.slice(channel.indexOf(':') + 1);
    return channel.startsWith('author:') ? lists.of(name, hiddenAmong) : reader.topic(name, hiddenAmong);
  }
}

const idsOf = async (list: ThoughtList, request: PageRequest): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id } of list.references(request)) if (ids.push(id) >= request.limit) break;
  return ids;
};

/** As many of the thoughts as one message takes, and where the next begins. */
const replay = (channel: Channel, { thoughts, next }: Page, nextNumber: number): ReplayPage => {
  const events: ThoughtEvent[] = [];
  let bytes = 0;
  for (const thought of thoughts) {
    const event: ThoughtEvent = { ...eventBodyOf(thought), channels: [channel] };
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (events.length >= PAGE || (events.length > 0 && bytes > PAGE_BYTES)) break;
    events.push(event);
  }
  const isCut = events.length < thoughts.length;
  const behind = isCut ? events.at(-1)?.thoughtId : next;
  return { type: 'events', channel, events, ...(behind !== undefined && { next: `${behind}:${nextNumber}` }) };
};
