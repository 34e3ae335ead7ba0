import pMap from 'p-map';
import type { ConnectionStore } from '../connections/connection-store.ts';
import type { Counters } from '../counters/counters.ts';
import type { BlockStore } from '../follows/block-store.ts';
import type { FollowStore } from '../follows/follow-store.ts';
import type { ImageStore } from '../images/image-store.ts';
import { connectionIdOf, earlierIdempotencyOf, keys, lists, namesOfEdge } from '../keys/keys.ts';
import type { ConnectionLifecycle } from '../push/connection-lifecycle.ts';
import type { ReactionStore } from '../reactions/reaction-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Condition, Item, Key, Table } from '../table/table.ts';
import { timeOfId } from '../thoughts/thought.ts';
import type { ThoughtItem } from '../thoughts/thought-items.ts';
import { toThought } from '../thoughts/thought-items.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';
import type { EntryItem, TimelineStore } from '../timelines/timeline-store.ts';
import { type ConversationDependencies, eraseConversation } from './conversations.ts';
import type { Phase, StepOutcome } from './erasure.ts';

/** The failure bucket. Its records hold copies of items. */
export interface FailedRecords {
  /** Erases a person from one part of the bucket. @param after where the part before ended */
  forget(username: string, after: string | undefined): Promise<StepOutcome>;
}

export interface PhaseDependencies extends ConversationDependencies {
  table: Table;
  runtime: Runtime;
  counters: Counters;
  thoughts: ThoughtStore;
  timelines: TimelineStore;
  follows: FollowStore;
  blocks: BlockStore;
  reactions: ReactionStore;
  connections: ConnectionStore;
  lifecycle: Pick<ConnectionLifecycle, 'closeAllOf'>;
  images: Pick<ImageStore, 'removeAllOf'>;
  failures: FailedRecords;
  /** For how long an entry is kept, in milliseconds. */
  entryMs: number;
}

type Step = (deps: PhaseDependencies, username: string, cursor: string | undefined) => Promise<StepOutcome>;

/** Items that one step erases; entries are erased by the thousand. */
const PAGE = 50;
const ENTRIES = 1_000;
const AT_ONCE = 16;

/** The next page of a list, whose last sort key is the cursor. */
const pageOf = async <T extends Item>(
  { table }: PhaseDependencies,
  list: { pk: string; prefix: string },
  after: string | undefined,
  limit = PAGE,
): Promise<{ items: T[]; next: string | undefined }> => {
  const items = await table.query<T>({ ...list, after, limit, consistent: true });
  return { items, next: items.length === limit ? items.at(-1)?.sk : undefined };
};

const deleteAll = (table: Table, items: Key[]) => table.batchWrite(items.map(({ pk, sk }) => ({ delete: { pk, sk } })));

const sockets: Step = async ({ lifecycle }, username) => ({ erased: await lifecycle.closeAllOf(username) });

/** Each thought is deleted in the usual way, so that listeners of its channels hear of it. */
const thoughts: Step = async (deps, username, cursor) => {
  const page = await pageOf<ThoughtItem>(deps, lists.thoughtsOf(username), cursor);
  for (const { id, deletedAt } of page.items) {
    if (deletedAt === undefined) await deps.thoughts.erase(username, id);
  }
  return { erased: page.items.length, next: page.next };
};

const conversations: Step = async (deps, username, cursor) => {
  const [rowAfter, place] = JSON.parse(cursor ?? '[]') as [string?, number?];
  const [row] = await deps.table.query({ ...lists.inbox(username), after: rowAfter, limit: 1, consistent: true });
  if (!row) return { erased: 0 };
  const id = row.sk.slice(lists.inbox(username).prefix.length);
  const { erased, nextPlace } = await eraseConversation(deps, username, id, place);
  return { erased, next: JSON.stringify(nextPlace === undefined ? [row.sk] : [rowAfter, nextPlace]) };
};

/** Deletes the entries in others' timelines: for each page of thoughts young enough to have entries, for each page of readers. */
const entries: Step = async (deps, username, cursor) => {
  const { follows, runtime, table, entryMs } = deps;
  const [thoughtAfter, readerAfter] = JSON.parse(cursor ?? '[]') as [string?, string?];
  const page = await pageOf<ThoughtItem>(deps, lists.thoughtsOf(username), thoughtAfter);
  const ids = page.items.map(({ id }) => id).filter((id) => timeOfId(id) + entryMs > runtime.now());
  const limit = Math.floor(ENTRIES / Math.max(1, ids.length));
  const readers = ids.length === 0 ? [] : await follows.followersOf(username, readerAfter, limit);
  const found = readers.flatMap((reader) => ids.map((id) => keys.timelineEntry(reader, id)));
  await deleteAll(table, found);
  if (ids.length > 0 && readers.length === limit) {
    return { erased: found.length, next: JSON.stringify([thoughtAfter, readers.at(-1)]) };
  }
  return { erased: found.length, next: page.next && JSON.stringify([page.next]) };
};

/** When an edge ends, the follower's clients are told to drop the author's thoughts. */
const followers: Step = async (deps, username) => {
  const { items } = await pageOf(deps, lists.followers(username), undefined);
  await pMap(items, (item) => deps.follows.dropFollower(namesOfEdge(item).follower, username), {
    concurrency: AT_ONCE,
  });
  return { erased: items.length, next: items.length > 0 ? 'more' : undefined };
};

const following: Step = async (deps, username, cursor) => {
  const page = await pageOf(deps, lists.followingOf(username), cursor);
  await pMap(
    page.items,
    async (item) => {
      const { author } = namesOfEdge(item);
      if (item.type === 'following') await deps.follows.unfollow(username, author);
      else await unblockBoth(deps, username, author);
    },
    { concurrency: AT_ONCE },
  );
  return { erased: page.items.length, next: page.next };
};

/** Blocks of the first edition, which are items of their own. The phase `following` has erased the others. */
const blocks: Step = async (deps, username, cursor) => {
  const list = lists.blocksOf(username);
  const page = await pageOf(deps, list, cursor);
  await pMap(page.items, ({ sk }) => unblockBoth(deps, username, sk.slice(list.prefix.length)), {
    concurrency: AT_ONCE,
  });
  return { erased: page.items.length, next: page.next };
};

/** The others' blocks are counted at the others. */
const unblockBoth = async ({ blocks }: PhaseDependencies, username: string, other: string): Promise<void> => {
  await blocks.unblock(other, username);
  await blocks.unblock(username, other);
};

const reactions: Step = async (deps, username, cursor) => {
  const list = lists.reactedBy(username);
  const page = await pageOf(deps, list, cursor);
  await pMap(page.items, ({ sk }) => deps.reactions.takeBack(username, sk.slice(list.prefix.length)), {
    concurrency: AT_ONCE,
  });
  return { erased: page.items.length, next: page.next };
};

/** Others' connections that listen to this author. */
const subscribers: Step = async (deps, username, cursor) => {
  const channel = `author:${username}`;
  const list = { pk: keys.subscription(channel, '').pk, prefix: '' };
  const page = await pageOf(deps, list, cursor);
  await pMap(page.items, (item) => deps.connections.unsubscribe(connectionIdOf(item), channel), {
    concurrency: AT_ONCE,
  });
  // Deletes also the subscriptions that their connection does not list any more.
  await deleteAll(deps.table, page.items);
  return { erased: page.items.length, next: page.next };
};

const timeline: Step = async (deps, username) => {
  const { items } = await pageOf(deps, lists.timeline(username), undefined, ENTRIES);
  await deleteAll(deps.table, items);
  return { erased: items.length, next: items.length > 0 ? 'more' : undefined };
};

const images: Step = async (deps, username) => {
  const erased = await deps.images.removeAllOf(username);
  return { erased, next: erased > 0 ? 'more' : undefined };
};

/**
 * The thoughts are tombstones by now, and all earlier changes are delivered. Their entries in topics are deleted, and replies
 * no longer name their author. A step does at most one page of replies more than its page.
 */
const feeds: Step = async (deps, username, cursor) => {
  const { runtime, table, timelines } = deps;
  const list = lists.thoughtsOf(username);
  const page = await pageOf<ThoughtItem>(deps, list, cursor, PAGE / 2);
  let erased = 0;
  let done = cursor ?? list.prefix;
  for (const item of page.items) {
    const thought = toThought(item);
    await timelines.removeFromFeeds(thought, [], runtime.now());
    const replies = await table.query<EntryItem>({ ...lists.replies(thought.id), limit: PAGE, consistent: true });
    await unlink(table, replies);
    erased += replies.length;
    if (replies.length < PAGE) done = item.sk;
    if (erased >= PAGE) return { erased, next: done };
  }
  return { erased, next: page.next };
};

const unlink = async (table: Table, replies: EntryItem[]): Promise<void> => {
  const when: Condition[] = [{ attribute: 'inReplyTo', is: 'present' }];
  await pMap(
    replies,
    ({ author, sk }) => table.write([{ update: keys.thought(author, sk), remove: ['inReplyTo'], when }]),
    { concurrency: AT_ONCE },
  );
  await deleteAll(table, replies);
};

/** The person's own partition without the erasure itself, and the items elsewhere that have the person's name in their key. */
const rest: Step = async (deps, username) => {
  const { table, counters } = deps;
  const own = keys.erasure(username);
  const { items, next } = await pageOf(deps, { pk: own.pk, prefix: '' }, undefined, ENTRIES);
  const left = items.filter(({ sk }) => sk !== own.sk);
  const used = left.filter(({ type }) => type === 'idempotency').map((item) => earlierIdempotencyOf(username, item));
  await deleteAll(table, [...used, ...left]);
  if (next !== undefined) return { erased: left.length, next: 'more' };
  const named = [
    keys.presence(username),
    keys.limits(username),
    ...(await counters.keysOf({ kind: 'user', username })),
  ];
  await deleteAll(table, named);
  return { erased: left.length };
};

/** What a step of each phase does. A step can be repeated at any time: it erases what it finds. */
export const STEPS: Record<Phase, Step> = {
  ...{
    sockets,
    thoughts,
    conversations,
    entries,
    followers,
    following,
    blocks,
    reactions,
    subscribers,
    timeline,
    images,
  },
  failures: ({ failures }, username, cursor) => failures.forget(username, cursor),
  settling: async () => ({ erased: 0 }),
  feeds,
  rest,
};
