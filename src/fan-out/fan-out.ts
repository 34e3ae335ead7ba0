import pMap from 'p-map';
import type { SubscriptionItem } from '../connections/connection-store.ts';
import { toConnection } from '../connections/connection-store.ts';
import { isActive } from '../connections/presence.ts';
import type { PresenceStore } from '../connections/presence-store.ts';
import type { Follow, FollowItem, FollowStore } from '../follows/follow-store.ts';
import { type Happening, happeningOf } from '../protocol/live-event.ts';
import type { Outbox } from '../push/outbox.ts';
import type { Runtime } from '../runtime.ts';
import { type Audience, audiencePartition } from '../table/keys.ts';
import type { Pace } from '../table/pace.ts';
import type { Item, Table } from '../table/table.ts';
import { isVisible, type Thought } from '../thoughts/thought.ts';
import type { TimelineReader } from '../timelines/timeline-reader.ts';
import type { TimelineStore } from '../timelines/timeline-store.ts';
import { audiencesOf } from './audiences.ts';
import { type KeyRange, sortKeys, splitRest, WHOLE } from './key-range.ts';
import { type RelationChange, tellRelation } from './relation.ts';
import { type Delivery, taskItem, taskKey } from './task.ts';

/** What the stream can ask for. */
export type Change =
  | { kind: 'thought'; thought: Thought; before?: Thought | undefined }
  | { kind: 'following'; follow: Follow }
  | { kind: 'relation'; relation: RelationChange }
  | { kind: 'task'; delivery: Delivery };

export interface FanOutSettings {
  /** How many members of an audience one invocation delivers to before it hands the rest on. */
  pageSize: number;
  /** Into how many tasks the rest is cut at most. */
  width: number;
  /** Followers seen in this many days get entries; the others' timelines are rebuilt when they return. */
  activeDays: number;
}

/** How deep a tree of tasks may get: 16 wide and 1,000 a page, five levels hold a billion. */
export const MAX_DEPTH = 12;
/** Members read and delivered to at a time, between looks at the clock. */
const CHUNK = 500;
const AUDIENCES_AT_ONCE = 4;

/** A delivery that splits without end. It can never succeed. */
export class TooDeepError extends Error {
  readonly code = 'fan_out_too_deep';
  override readonly name = 'TooDeepError';
}

interface Dependencies {
  table: Table;
  follows: FollowStore;
  presence: PresenceStore;
  timelines: TimelineStore;
  reader: TimelineReader;
  runtime: Runtime;
  settings: FanOutSettings;
  /** How fast entries may be written. */
  pace: Pace;
}

/** What one invocation has: where its pushes go, and whether there is time for one more chunk. */
export interface Invocation {
  outbox: Outbox;
  hasTime(): boolean;
}

/** Takes a change to everybody it concerns: entries at once, pushes into the invocation's outbox. */
export class FanOut {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async handle(change: Change, invocation: Invocation): Promise<void> {
    if (change.kind === 'following') {
      await this.#backfill(change.follow, invocation);
    } else if (change.kind === 'relation') {
      await tellRelation(this.#deps, change.relation, invocation.outbox);
    } else if (change.kind === 'task') {
      await this.#deliver(change.delivery, invocation);
      await this.#deps.table.write([{ delete: taskKey(change.delivery) }]);
    } else {
      await this.#announce(change.thought, change.before, invocation);
    }
  }

  /** A new follower's timeline has changed without an event, and whoever shows it is told. */
  async #backfill({ follower, author }: Follow, { outbox }: Invocation): Promise<void> {
    await this.#deps.reader.backfill(follower, author);
    const present = await this.#deps.presence.of([follower], { consistent: true });
    for (const connection of present.get(follower)?.connections ?? []) {
      outbox.addGap({ username: follower, ...connection }, 'timeline');
    }
  }

  async #announce(thought: Thought, before: Thought | undefined, invocation: Invocation): Promise<void> {
    const isGone = thought.deletedAt === undefined && !isVisible(thought, this.#deps.runtime.now());
    if (isGone) return;
    const happening = happeningOf(thought);
    if (happening.thought) await this.#deps.timelines.addToFeeds(thought);
    const deliveries = audiencesOf(thought, before).map(
      (audience) => () => this.#deliver({ happening, audience, range: WHOLE, depth: 0 }, invocation),
    );
    deliveries.unshift(() => this.#deliverToAuthor(happening, invocation));
    await pMap(deliveries, (deliver) => deliver(), { concurrency: AUDIENCES_AT_ONCE });
  }

  /** Delivers one page of an audience, and leaves tasks for what is behind it. */
  async #deliver(delivery: Delivery, invocation: Invocation): Promise<void> {
    const { settings } = this.#deps;
    const { audience, happening, range, depth } = delivery;
    if (depth > MAX_DEPTH) throw new TooDeepError(`${happening.id} was split ${depth} times`);
    let { after } = range;
    let delivered = 0;
    for (;;) {
      const limit = Math.min(CHUNK, settings.pageSize - delivered);
      const members = await this.#members(audience, { ...range, after }, limit);
      if (audience.kind === 'followers') await this.#deliverToFollowers(members as FollowItem[], happening, invocation);
      else this.#deliverToChannel(audience.channel, members as SubscriptionItem[], happening, invocation);
      after = members.at(-1)?.sk;
      delivered += members.length;
      if (after === undefined || members.length < limit) return;
      if (delivered >= settings.pageSize || !invocation.hasTime()) return this.#handOn(delivery, after, delivered);
    }
  }

  async #members(audience: Audience, range: KeyRange, limit: number): Promise<Item[]> {
    return this.#deps.table.query({
      pk: audiencePartition(audience),
      ...sortKeys(range),
      after: range.after,
      limit,
      consistent: true,
    });
  }

  async #handOn(delivery: Delivery, last: string, delivered: number): Promise<void> {
    const { runtime, settings, table } = this.#deps;
    const tasks = splitRest(delivery.range, last, delivered, settings).map((range) =>
      taskItem({ ...delivery, range, depth: delivery.depth + 1 }, runtime.now()),
    );
    await table.batchWrite(tasks.map((put) => ({ put })));
  }

  async #deliverToAuthor(happening: Happening, invocation: Invocation): Promise<void> {
    const { author, thoughtId } = happening;
    if (happening.type === 'thought.created') {
      await this.#deps.timelines.addToAll([author], { author, id: thoughtId });
    }
    await this.#pushTo([author], happening, invocation);
  }

  /**
   * Entry before presence: whoever connects is present first and reads the timeline then. So either the reader finds
   * the entry, or this finds the reader present.
   */
  async #deliverToFollowers(followers: FollowItem[], happening: Happening, invocation: Invocation): Promise<void> {
    const { runtime, pace, presence, settings, timelines } = this.#deps;
    const names = followers.map(({ follower }) => follower);
    let listeners = followers;
    if (happening.type === 'thought.created') {
      // Consistently: whoever has just come back, and has read everything else, must not pass for absent.
      const known = await presence.of(names, { consistent: true });
      const active = followers.filter(({ follower }) =>
        isActive(known.get(follower), runtime.now(), settings.activeDays),
      );
      const readers = active.map(({ follower }) => follower);
      await pace.take(readers.length);
      await timelines.addToAll(readers, { author: happening.author, id: happening.thoughtId });
      listeners = active;
    }
    const heard = listeners.filter(({ muted }) => !muted).map(({ follower }) => follower);
    await this.#pushTo(heard, happening, invocation);
  }

  #deliverToChannel(
    channel: string,
    subscriptions: SubscriptionItem[],
    happening: Happening,
    { outbox }: Invocation,
  ): void {
    const now = this.#deps.runtime.now();
    for (const subscription of subscriptions) {
      if ((subscription.expiresAt ?? 0) * 1000 > now) outbox.add(toConnection(subscription), channel, happening);
    }
  }

  async #pushTo(usernames: string[], happening: Happening, { outbox }: Invocation): Promise<void> {
    const present = await this.#deps.presence.of(usernames, { consistent: true });
    for (const { username, connections } of present.values()) {
      for (const connection of connections) outbox.add({ username, ...connection }, 'timeline', happening);
    }
  }
}
