import type { Channel } from '../connections/channel.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import { happeningOf, type LiveEvent } from '../protocol/live-event.ts';
import type { FrameOfServer } from '../protocol/server-frames.ts';
import { MINUTE } from '../runtime.ts';
import { firstIdAt, type Thought, timeOfId } from '../thoughts/thought.ts';
import type { PageRequest, ThoughtStore } from '../thoughts/thought-store.ts';
import type { TimelineReader } from '../timelines/timeline-reader.ts';
import type { TimelineStore } from '../timelines/timeline-store.ts';

/**
 * Thoughts may enter a timeline later than younger ones: a resume starts this much before what the client has, but not
 * more entries than these, so that in a busy timeline it gets to what is new.
 */
const OVERLAP_MS = 2 * MINUTE;
const OVERLAP_ENTRIES = 100;
const PAGE = 50;
/** More than this is not replayed; the client reads the list anew. */
const MAX_PAGES = 10;
export const PAGE_BYTES = 100 * 1024;
/** A pong counts no more entries than a resume replays. */
const MAX_COUNT = MAX_PAGES * PAGE;

interface Dependencies {
  thoughts: ThoughtStore;
  reader: TimelineReader;
  timelines: TimelineStore;
  follows: FollowStore;
  connections: ConnectionStore;
}

export interface ResumeRequest {
  username: string;
  channel: Channel;
  /** An event's id, or a thought's. */
  since: string;
  /** Where the page before has stopped. */
  page?: string | undefined;
}

/** One page of one channel's replay. */
export type ReplayPage = FrameOfServer<'events'> | FrameOfServer<'gap'>;

/** Answers the present state of what a channel's list holds from shortly before `since`, tombstones included. */
export class Resumer {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async resume({ username, channel, since, page = '' }: ResumeRequest): Promise<ReplayPage> {
    const [last, number = '0'] = page.split(':');
    if (Number(number) >= MAX_PAGES) return { type: 'gap', channel, since };
    const after = last || (await this.#start(username, channel, since));
    // One more than a page, to know whether there is a next one.
    const thoughts = await this.#list(username, channel, { after, limit: PAGE + 1, oldestFirst: true });
    return replay(channel, thoughts, Number(number) + 1);
  }

  /** Behind which entry a replay begins. */
  async #start(username: string, channel: Channel, since: string): Promise<string> {
    const earliest = firstIdAt(timeOfId(since) - OVERLAP_MS);
    const [after = since] = since.split(':');
    const page = { after, limit: OVERLAP_ENTRIES };
    // Of a timeline the references will do: hydrated, those of whom nobody follows any more would be read to the last.
    const before = await (channel === 'timeline'
      ? this.#deps.timelines.timeline(username, page)
      : this.#list(username, channel, page));
    const first = before.at(OVERLAP_ENTRIES - 1)?.id;
    return first !== undefined && first > earliest ? first : earliest;
  }

  /**
   * The id of the newest entry of a timeline, and how many stand behind `since`. Entries are neither read nor filtered
   * for it: whoever has fewer resumes, and may find that the rest was not to be seen.
   */
  async newest(username: string, since?: string): Promise<{ latest?: string; count?: number }> {
    const { timelines } = this.#deps;
    const [after] = since?.split(':') ?? [];
    const behind = after ? await timelines.timeline(username, { after, limit: MAX_COUNT, oldestFirst: true }) : [];
    const isEnd = behind.length > 0 && behind.length < MAX_COUNT;
    const newest = isEnd ? behind.at(-1) : (await timelines.timeline(username, { limit: 1 })).at(0);
    return { ...(newest && { latest: newest.id }), ...(after && { count: behind.length }) };
  }

  /**
   * The number of each author's last change, so that a client can tell what silence hides from it: of those whom the
   * user follows, and those whose channel the connection has subscribed to.
   */
  async lastNumbers(listener: { username: string; cid: string }, authors: string[]): Promise<Record<string, number>> {
    const { follows, connections, thoughts } = this.#deps;
    const relations = await follows.relations(listener.username, authors);
    const isHeard = (author: string) => {
      const relation = relations.get(author);
      return author === listener.username || (relation?.follows === true && !relation.muted && !relation.blocked);
    };
    const [heard, others] = [authors.filter(isHeard), authors.filter((author) => !isHeard(author))];
    const subscribed = await connections.subscribedAuthors(listener.cid, others);
    return Object.fromEntries(await thoughts.lastNumbers([...heard, ...subscribed]));
  }

  /** What a channel holds before an id, newest first. */
  past(username: string, channel: Channel, before: string | undefined, limit: number): Promise<Thought[]> {
    return this.#list(username, channel, { after: before, limit }, false);
  }

  #list(username: string, channel: Channel, page: PageRequest, tombstones = true): Promise<Thought[]> {
    const withTombstones = { ...page, tombstones };
    if (channel === 'timeline') return this.#deps.reader.timeline(username, withTombstones);
    if (channel === 'all') return this.#deps.thoughts.listAll(page);
    const name = channel.slice(channel.indexOf(':') + 1);
    if (channel.startsWith('author:')) return this.#deps.thoughts.listOf(name, withTombstones);
    return this.#deps.reader.topic(name, withTombstones);
  }
}

/** As many of the thoughts as one message takes, and where the next begins. */
const replay = (channel: Channel, thoughts: Thought[], nextNumber: number): ReplayPage => {
  const events: LiveEvent[] = [];
  let bytes = 0;
  for (const thought of thoughts) {
    const event: LiveEvent = { ...happeningOf(thought), channels: [channel] };
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (events.length >= PAGE || (events.length > 0 && bytes > PAGE_BYTES)) break;
    events.push(event);
  }
  const last = events.at(-1);
  const hasMore = last !== undefined && events.length < thoughts.length;
  return { type: 'events', channel, events, ...(hasMore && { next: `${last.thoughtId}:${nextNumber}` }) };
};
