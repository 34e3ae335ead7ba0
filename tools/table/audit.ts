import type { Presence } from '../../src/connections/presence.ts';
import type { BlockItem } from '../../src/follows/block-store.ts';
import { type Edge, type EdgeItem, toEdge } from '../../src/follows/edge.ts';
import { authorOfHead, connectionIdOf, keys } from '../../src/keys/keys.ts';
import type { Item } from '../../src/table/table.ts';
import { type HeadItem, toHead } from '../../src/thoughts/author-head.ts';
import { isVisible, type Thought, timeOfId } from '../../src/thoughts/thought.ts';
import { type AuditOptions, Contents, type Finding, type Report, type Stored } from './audit-contents.ts';
import { auditConversations } from './audit-conversations.ts';
import { firstKindOf } from './migration/first-edition.ts';

/** Holds everything derived against its source. Quiet tables only: what is under way counts as missing. */
export const audit = (items: Item[], options: AuditOptions): Finding[] => {
  const contents = new Contents(items as Stored[]);
  const findings: Finding[] = [];
  const report: Report = (rule, at, detail) =>
    findings.push({ rule, item: typeof at === 'string' ? at : `${at.pk} ${at.sk}`, detail });
  auditNumbers(contents, report);
  auditEdges(contents, report);
  auditCounts(contents, report, options);
  auditFeeds(contents, report, options);
  auditTimelines(contents, report, options);
  auditSubscriptions(contents, report);
  auditConversations(contents, report, options);
  for (const task of contents.of('task')) report('task', task, 'A task of the fan-out is left over');
  for (const item of items) {
    if (firstKindOf(item)) report('edition', item, 'It is as the first edition wrote it: `npm run table -- migrate`');
  }
  return findings;
};

/** An author's changes are numbered without a double, and the head knows the last number and the newest thoughts. */
const auditNumbers = (contents: Contents, report: Report): void => {
  for (const [pk, thoughts] of Map.groupBy(contents.of<Thought>('thought'), (thought) => thought.pk)) {
    const [first] = thoughts;
    if (!first) continue;
    const numbers = thoughts.map(({ seq }) => seq);
    const item = contents.get(keys.head(first.author)) as unknown as HeadItem | undefined;
    const head = toHead(first.author, item);
    if (new Set(numbers).size < numbers.length) report('seq', `${pk} THOUGHT`, 'Two thoughts have the same number');
    const last = Math.max(...numbers);
    if (last > head.seq) report('seq', `${pk} SEQ`, `The head shows ${head.seq}, and a thought has ${last}`);
    if (item?.recent === undefined) continue;
    const oldest = head.isWhole ? '' : (head.recent.at(-1) ?? '~');
    const missing = thoughts.filter(({ id }) => id >= oldest && !head.recent.includes(id));
    if (missing.length > 0) report('head', `${pk} SEQ`, `${missing.length} of the newest thoughts are not in the head`);
  }
};

const auditEdges = (contents: Contents, report: Report): void => {
  for (const item of contents.of<EdgeItem>('following')) {
    const edge = toEdge(item as unknown as EdgeItem);
    const { author, follower } = edge;
    const other = contents.get(keys.follower(author, follower));
    if (!other) report('edge', keys.follower(author, follower), 'The follower edge is missing');
    else if (differs(edge, toEdge(other as unknown as EdgeItem))) report('edge', other, 'The two edges differ');
    if (contents.get(keys.block(author, follower)) || contents.get(keys.block(follower, author))) {
      report('block', item, 'A follow stands against a block');
    }
  }
  for (const item of contents.of<EdgeItem>('follower')) {
    const { author, follower } = toEdge(item as unknown as EdgeItem);
    const key = keys.following(follower, author);
    if (contents.get(key)?.type !== 'following') report('edge', key, 'The following edge is missing');
  }
  for (const item of contents.of<BlockItem>('block')) {
    const { username, blocked, counted } = item;
    if (!counted) report('block', item, 'The block is not counted: `npm run table -- migrate`');
    for (const key of [keys.following(username, blocked), keys.following(blocked, username)]) {
      if (contents.get(key)?.type !== 'barred') report('block', key, 'The block has not taken the key of the follow');
    }
  }
};

const differs = (a: Edge, b: Edge): boolean =>
  a.muted !== b.muted || a.delivery !== b.delivery || a.warmFrom !== b.warmFrom;

const auditCounts = (contents: Contents, report: Report, { now }: AuditOptions): void => {
  const expected = new Map<string, number>();
  const add = (pk: string, count: string) => expected.set(`${pk} ${count}`, (expected.get(`${pk} ${count}`) ?? 0) + 1);
  const user = (username: string) => keys.count({ kind: 'user', username }, 0).pk;
  const thought = (id: string) => keys.count({ kind: 'thought', id }, 0).pk;
  for (const { author, follower } of contents.of<EdgeItem>('following').map((item) => toEdge(item as never))) {
    add(user(author), 'followers');
    add(user(follower), 'following');
  }
  for (const { username, counted } of contents.of<BlockItem>('block')) if (counted) add(user(username), 'blocks');
  for (const item of contents.of<Thought>('thought')) {
    // Thoughts that vanish are in no count.
    if (!isVisible(item, now) || item.expiresAt !== undefined) continue;
    add(user(item.author), 'thoughts');
    if (item.inReplyTo) add(thought(item.inReplyTo.id), 'replies');
  }
  for (const { thoughtId } of contents.of<{ thoughtId: string }>('reaction')) add(thought(thoughtId), 'reactions');
  const actual = new Map<string, number>();
  const found = (pk: string, count: string, by = 0) => {
    const at = `${pk} ${count}`;
    actual.set(at, (actual.get(at) ?? 0) + by);
  };
  for (const shard of contents.of<Record<string, number>>('count')) {
    const pk = shard.pk.split('#').slice(0, 3).join('#');
    for (const count of ['followers', 'following', 'blocks', 'thoughts', 'replies', 'reactions'])
      found(pk, count, shard[count]);
  }
  for (const head of contents.of<HeadItem>('head')) found(user(authorOfHead(head)), 'thoughts', head.thoughts);
  for (const at of new Set([...expected.keys(), ...actual.keys()])) {
    const [is = 0, should = 0] = [actual.get(at), expected.get(at)];
    if (is !== should) report('count', at, `It is ${is} and should be ${should}`);
  }
};

const auditFeeds = (contents: Contents, report: Report, { now }: AuditOptions): void => {
  for (const thought of contents.of<Thought>('thought')) {
    if (!isVisible(thought, now)) continue;
    const entries = thought.topics.map((topic) => keys.topicEntry(topic, thought.id));
    if (thought.inReplyTo) entries.push(keys.replyEntry(thought.inReplyTo.id, thought.id));
    for (const key of entries) if (!contents.get(key)) report('feed', key, 'The entry is missing');
  }
};

/** Where a reader relies on entries, there is one for each thought that may be seen. */
const auditTimelines = (contents: Contents, report: Report, { now, retentionMs }: AuditOptions): void => {
  const present = new Map(contents.of<Presence>('presence').map((presence) => [presence.username, presence]));
  const byAuthor = Map.groupBy(contents.of<Thought>('thought'), ({ author }) => author);
  for (const item of contents.of<EdgeItem>('following')) {
    const { author, follower, delivery, muted, warmFrom } = toEdge(item as unknown as EdgeItem);
    const { entriesFrom = Number.POSITIVE_INFINITY, entriesUntil = 0 } = present.get(follower) ?? {};
    if (delivery === 'push' || muted) continue;
    const from = Math.max(warmFrom, entriesFrom, now - retentionMs);
    for (const thought of byAuthor.get(author) ?? []) {
      const madeAt = timeOfId(thought.id);
      if (!isVisible(thought, now) || madeAt < from || madeAt > entriesUntil) continue;
      const key = keys.timelineEntry(follower, thought.id);
      if (!contents.get(key)) report('timeline', key, `${author}'s thought is missing in ${follower}'s timeline`);
    }
  }
};

/** A subscription stands by channel and by connection, and the connection has their number. */
const auditSubscriptions = (contents: Contents, report: Report): void => {
  const channels = Map.groupBy(contents.of<{ channel: string }>('connection-channel'), ({ pk }) => pk);
  for (const connection of contents.of<{ subscriptions: number }>('connection')) {
    const mirrors = channels.get(connection.pk) ?? [];
    if (mirrors.length !== connection.subscriptions) {
      report('subscription', connection, `It counts ${connection.subscriptions} and has ${mirrors.length}`);
    }
    for (const { channel } of mirrors) {
      const key = keys.subscription(channel, connectionIdOf(connection));
      if (!contents.get(key)) report('subscription', key, 'The subscription is missing');
    }
  }
};
