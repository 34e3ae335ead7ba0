import pMap from 'p-map';
import { type Connection, toConnection } from '../connections/connection.ts';
import type { SubscriptionItem } from '../connections/connection-store.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { EdgeItem } from '../follows/edge.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import { type Audience, audiencePartition } from '../keys/keys.ts';
import type { EventBody } from '../protocol/thought-event.ts';
import type { PushBuffer } from '../push/push-buffer.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isTransient } from '../runtime/transient.ts';
import type { Key, Table } from '../table/table.ts';
import { isVisible } from '../thoughts/thought.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';
import type { LagStore } from '../timelines/lag-store.ts';
import type { TimelineStore } from '../timelines/timeline-store.ts';
import { audiencesOf } from './audiences.ts';
import { type Content, contentOf, isFresh } from './content.ts';
import { type ConversationChange, type ConversationDependencies, ConversationFanOut } from './conversations.ts';
import { type DeliveryDependencies, deliverToFollowers, pushTo } from './followers.ts';
import { type KeyRange, sortKeys, splitRest, WHOLE_RANGE } from './key-range.ts';
import { pushRelation, type RelationChange } from './relation.ts';
import { continuationWrites, type FanOutTask, splitWrites, type ThoughtChange } from './task.ts';

/** What a stream record asks the fan-out to do. */
export type Change =
  /**
   * @property topicsBefore those of the version before, whose listeners hear that a thought has left them
   * @property imageBefore that of the version before, which goes when the thought is gone
   */
  | { kind: 'thought'; change: ThoughtChange; topicsBefore: string[]; imageBefore?: string | undefined }
  /** DynamoDB's time to live has removed a thought that had an image. */
  | { kind: 'vanished'; image: string }
  | { kind: 'following'; follower: string }
  | { kind: 'relation'; relation: RelationChange }
  /** @property expiresAt of the task's item, in seconds since 1970 */
  | { kind: 'task'; key: Key; task: FanOutTask; expiresAt: number }
  | { kind: 'conversation'; change: ConversationChange };

export interface FanOutSettings {
  /** How many members of an audience one invocation delivers to before it hands the rest on. */
  pageSize: number;
  /**
   * The rest of an audience is split once, into at most this many tasks. Each task creates at most one successor. Therefore
   * one change has at most this many tasks under way for an audience, and other changes can use the stream's other lanes.
   */
  width: number;
}

/** Seconds of work in one chunk: members are read and delivered in chunks, and the time is checked between two chunks. */
const CHUNK_SECONDS = 0.25;
/**
 * Milliseconds that one page may take. Then the rest becomes a task, which waits behind other records of the stream.
 * Therefore the thought of an author with few followers never waits for a whole large audience.
 */
const TURN_MS = 500;
const LEAST_CHUNK = 25;
const MOST_CHUNK = 500;
const AUDIENCES_AT_ONCE = 4;
/** The page's pushes wait for the transaction that hands the rest on. When others are in its way, the record comes again. */
const HAND_ON = { attempts: 3 };

interface Dependencies extends DeliveryDependencies, ConversationDependencies {
  table: Table;
  presence: PresenceStore;
  timelines: TimelineStore;
  thoughts: ThoughtStore;
  follows: FollowStore;
  images: Pick<ImageStore, 'keep' | 'remove'>;
  lag: LagStore;
  runtime: Runtime;
  settings: FanOutSettings;
}

/** The push buffer and the time limit of one invocation. */
export interface Invocation {
  pushBuffer: PushBuffer;
  /** Whether there is time for one more chunk. */
  hasTime(): boolean;
  /** Nothing is written in batches after this, in milliseconds since 1970. */
  deadline: number;
}

/** Takes a change to everybody it concerns: entries at once, pushes into the invocation's push buffer. */
export class FanOut {
  readonly #deps: Dependencies;
  readonly #conversations: ConversationFanOut;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#conversations = new ConversationFanOut(deps);
  }

  async handle(change: Change, invocation: Invocation): Promise<void> {
    if (change.kind === 'following') {
      await this.#tellOfFollow(change.follower, invocation);
    } else if (change.kind === 'relation') {
      await pushRelation(this.#deps, change.relation, invocation.pushBuffer);
    } else if (change.kind === 'conversation') {
      await this.#conversations.handle(change.change, invocation.pushBuffer);
    } else if (change.kind === 'task') {
      const rest = await this.#deliver(change.task, 1, invocation);
      await this.#deps.table.write(continuationWrites(change, rest, this.#deps.runtime.now()), HAND_ON);
    } else if (change.kind === 'vanished') {
      await this.#deps.images.remove(change.image);
    } else {
      await this.#announce(change, invocation);
    }
  }

  /** A new follower's timeline has changed without an event, and whoever shows it reads it again. */
  async #tellOfFollow(follower: string, { pushBuffer }: Invocation): Promise<void> {
    const present = await this.#deps.presence.of([follower], { consistent: true });
    for (const connection of present.get(follower)?.connections ?? []) {
      pushBuffer.addGap({ username: follower, ...connection }, 'timeline');
    }
  }

  async #announce(
    { change, topicsBefore, imageBefore }: Extract<Change, { kind: 'thought' }>,
    invocation: Invocation,
  ): Promise<void> {
    const { images, thoughts, timelines, runtime } = this.#deps;
    const readAt = runtime.now();
    const thought = await thoughts.stored(change.author, change.id);
    if (!thought) return;
    if (isVisible(thought, runtime.now())) await timelines.addToFeeds(thought);
    if (thought.image && change.version === 1) await images.keep(thought.image);
    if (thought.deletedAt !== undefined && imageBefore) await images.remove(imageBefore);
    await timelines.removeFromFeeds(thought, topicsBefore, runtime.now());
    const known = (audience?: Audience) => contentOf(change, audience, thought, readAt, runtime.now());
    const { settings, table } = this.#deps;
    const deliveries = audiencesOf(thought, topicsBefore).map((audience) => async () => {
      const task = { change, audience, range: WHOLE_RANGE };
      const rest = await this.#deliver(task, settings.width, invocation, known(audience));
      if (rest.length > 0) await table.write(splitWrites(task, rest, runtime.now()), HAND_ON);
    });
    deliveries.unshift(() => this.#tellAuthor(change, known(), invocation));
    await pMap(deliveries, (deliver) => deliver(), { concurrency: AUDIENCES_AT_ONCE });
  }

  /** Writing to the feeds may have waited for the table: what was read before that may have been deleted. */
  async #tellAuthor(change: ThoughtChange, known: Content, { pushBuffer }: Invocation): Promise<void> {
    const isCurrent = isFresh(known, this.#deps.runtime.now());
    const { eventBody } = isCurrent ? known : await this.#content(change);
    if (eventBody) await pushTo(this.#deps, [change.author], eventBody, pushBuffer);
  }

  /**
   * Delivers one page of an audience.
   * @param width into how many ranges the rest is cut at most
   * @param known what was read of the change just before; it is read again when it has grown old
   * @returns what is behind the page
   */
  async #deliver(task: FanOutTask, width: number, invocation: Invocation, known?: Content): Promise<KeyRange[]> {
    const { runtime, settings } = this.#deps;
    const { audience, change, range } = task;
    const restAfter = (last: string) => splitRest(range, last, delivered, { ...settings, width });
    let { after } = range;
    let content = known;
    const read = async () => {
      if (!content || !isFresh(content, runtime.now())) content = await this.#content(change, audience);
      return content;
    };
    let delivered = 0;
    const turnEndsAt = runtime.now() + TURN_MS;
    for (;;) {
      const limit = Math.min(this.#chunk(), settings.pageSize - delivered);
      const page = await this.#deliverChunk(task, { ...range, after }, limit, invocation, read).catch((error) => {
        // What was delivered before stays delivered: only the rest comes again.
        if (after === undefined || after === range.after || !isTransient(error)) throw error;
        return 'busy' as const;
      });
      if (page === 'busy') return restAfter(after ?? '');
      if (page === undefined) return [];
      after = page.last;
      delivered += page.count;
      if (after === undefined || page.count < limit) return [];
      const isTurnOver = runtime.now() > turnEndsAt || !invocation.hasTime();
      if (delivered >= settings.pageSize || isTurnOver) return restAfter(after);
    }
  }

  /**
   * @param read what there is to deliver now, or was a moment ago
   * @returns how far it came; undefined when nothing is left to deliver to anybody
   */
  async #deliverChunk(
    { change, audience }: FanOutTask,
    range: KeyRange,
    limit: number,
    { pushBuffer, deadline }: Invocation,
    read: () => Promise<Content>,
  ): Promise<{ count: number; last: string | undefined } | undefined> {
    const { lag, runtime, table } = this.#deps;
    await lag.note(runtime.now() - change.at);
    const content = await read();
    const isForFollowers = audience.kind === 'followers';
    if (!content.eventBody && !(content.entry && isForFollowers)) return undefined;
    const query = { ...sortKeys(range), after: range.after, limit, consistent: true };
    const members = await table.query({ pk: audiencePartition(audience), ...query });
    if (audience.kind === 'followers') {
      await deliverToFollowers(this.#deps, members as EdgeItem[], { content, read }, { pushBuffer, deadline });
    } else if (content.eventBody) {
      const listeners = (members as SubscriptionItem[]).filter(({ expiresAt = 0 }) => expiresAt * 1000 > runtime.now());
      await this.#deliverToChannel(audience.channel, listeners.map(toConnection), content.eventBody, pushBuffer);
    }
    return { count: members.length, last: members.at(-1)?.sk };
  }

  /** Nothing goes between two of whom one has blocked the other, or from an author to whoever has muted them. */
  async #deliverToChannel(
    channel: string,
    listeners: Connection[],
    eventBody: EventBody,
    pushBuffer: PushBuffer,
  ): Promise<void> {
    const hidden = await this.#deps.follows.whoHides(
      eventBody.author,
      listeners.map(({ username }) => username),
    );
    for (const listener of listeners) {
      if (!hidden.has(listener.username)) pushBuffer.add(listener, channel, eventBody);
    }
  }

  async #content(change: ThoughtChange, audience?: Audience): Promise<Content> {
    const { runtime, thoughts } = this.#deps;
    const readAt = runtime.now();
    const thought = await thoughts.stored(change.author, change.id);
    return thought ? contentOf(change, audience, thought, readAt, runtime.now()) : { readAt };
  }

  #chunk(): number {
    const { writesPerSecond = Number.POSITIVE_INFINITY } = this.#deps.table;
    return Math.round(Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, writesPerSecond * CHUNK_SECONDS)));
  }
}
