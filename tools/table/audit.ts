import { isActive, type Presence } from '../../src/connections/presence.ts';
import type { Follow } from '../../src/follows/follow-store.ts';
import { keys } from '../../src/table/keys.ts';
import type { Item } from '../../src/table/table.ts';
import { isVisible, type Thought } from '../../src/thoughts/thought.ts';
import { BACKFILL } from '../../src/timelines/timeline-reader.ts';

/** One thing that is not as it must be. */
export interface Finding {
  rule: string;
  /** The key of the item that is wrong or missing. */
  item: string;
  detail: string;
}

export interface AuditOptions {
  /** Milliseconds since 1970. */
  now: number;
  activeDays: number;
}

type Stored = Item & Record<string, unknown>;
type Report = (rule: string, at: { pk: string; sk: string } | string, detail: string) => void;

/** The items of a table, by type and by key. */
class Contents {
  readonly byKey = new Map<string, Stored>();
  readonly #byType: Map<string, Stored[]>;

  constructor(items: Stored[]) {
    for (const item of items) this.byKey.set(`${item.pk}\n${item.sk}`, item);
    this.#byType = Map.groupBy(items, ({ type }) => type);
  }

  of<T>(type: string): (Stored & T)[] {
    return (this.#byType.get(type) ?? []) as (Stored & T)[];
  }

  get({ pk, sk }: { pk: string; sk: string }): Stored | undefined {
    return this.byKey.get(`${pk}\n${sk}`);
  }
}

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
  for (const task of contents.of('task')) report('task', task, 'A task of the fan-out is left over');
  return findings;
};

/** An author's changes are numbered without a double, and the clock shows the last. */
const auditNumbers = (contents: Contents, report: Report): void => {
  const clocks = new Map(contents.of<{ seq: number }>('clock').map((clock) => [clock.pk, clock]));
  for (const [pk, thoughts] of Map.groupBy(contents.of<Thought>('thought'), (thought) => thought.pk)) {
    const numbers = thoughts.map(({ seq }) => seq);
    const clock = clocks.get(pk)?.seq ?? 0;
    if (new Set(numbers).size < numbers.length) report('seq', `${pk} THOUGHT`, 'Two thoughts have the same number');
    const last = Math.max(...numbers);
    if (last > clock) report('seq', `${pk} SEQ`, `The clock shows ${clock}, and a thought has ${last}`);
  }
};

const auditEdges = (contents: Contents, report: Report): void => {
  for (const edge of contents.of<Follow>('following')) {
    const other = contents.get(keys.follower(edge.author, edge.follower));
    if (!other) report('edge', keys.follower(edge.author, edge.follower), 'The follower edge is missing');
    else if (other.muted !== edge.muted) report('edge', other, 'The two edges differ in `muted`');
    if (contents.get(keys.block(edge.author, edge.follower)) || contents.get(keys.block(edge.follower, edge.author))) {
      report('block', edge, 'A follow stands against a block');
    }
  }
  for (const edge of contents.of<Follow>('follower')) {
    const key = keys.following(edge.follower, edge.author);
    if (!contents.get(key)) report('edge', key, 'The following edge is missing');
  }
};

const auditCounts = (contents: Contents, report: Report, { now }: AuditOptions): void => {
  const expected = new Map<string, number>();
  const add = (pk: string, count: string) => expected.set(`${pk} ${count}`, (expected.get(`${pk} ${count}`) ?? 0) + 1);
  const user = (username: string) => keys.count({ kind: 'user', username }, 0).pk;
  const thought = (id: string) => keys.count({ kind: 'thought', id }, 0).pk;
  for (const { author, follower } of contents.of<Follow>('following')) {
    add(user(author), 'followers');
    add(user(follower), 'following');
  }
  for (const item of contents.of<Thought>('thought')) {
    // Thoughts that vanish are in no count.
    if (!isVisible(item, now) || item.expiresAt !== undefined) continue;
    add(user(item.author), 'thoughts');
    if (item.inReplyTo) add(thought(item.inReplyTo.id), 'replies');
  }
  for (const { thoughtId } of contents.of<{ thoughtId: string }>('reaction')) add(thought(thoughtId), 'reactions');
  const actual = new Map<string, number>();
  for (const shard of contents.of<Record<string, number>>('count')) {
    for (const count of ['followers', 'following', 'thoughts', 'replies', 'reactions']) {
      const at = `${shard.pk} ${count}`;
      actual.set(at, (actual.get(at) ?? 0) + (shard[count] ?? 0));
    }
  }
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

/** Whoever is active has each thought that came after the follow, and the latest of before. */
const auditTimelines = (contents: Contents, report: Report, { now, activeDays }: AuditOptions): void => {
  const present = new Map(contents.of<Presence>('presence').map((presence) => [presence.username, presence]));
  const byAuthor = Map.groupBy(contents.of<Thought>('thought'), ({ author }) => author);
  const follows = contents.of<Follow>('following').map(({ follower, author, since }) => ({ follower, author, since }));
  const own = [...byAuthor.keys()].map((author) => ({ follower: author, author, since: 0 }));
  for (const { follower, author, since } of [...follows, ...own]) {
    const presence = present.get(follower);
    const isKept = author === follower || (isActive(presence, now, activeDays) && !presence?.needsRebuild);
    if (!isKept) continue;
    const visible = (byAuthor.get(author) ?? []).filter((thought) => isVisible(thought, now));
    const latest = new Set(visible.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, BACKFILL));
    for (const thought of visible.filter((one) => one.createdAt >= since || latest.has(one))) {
      const key = keys.timelineEntry(follower, thought.id);
      if (!contents.get(key)) report('timeline', key, `${author}'s thought is missing in ${follower}'s timeline`);
    }
  }
};

/** A subscription stands by channel and by connection, and the connection has their number. */
const auditSubscriptions = (contents: Contents, report: Report): void => {
  const channels = Map.groupBy(contents.of<{ channel: string }>('connection-channel'), ({ pk }) => pk);
  for (const connection of contents.of<{ cid: string; subscriptions: number }>('connection')) {
    const mirrors = channels.get(connection.pk) ?? [];
    if (mirrors.length !== connection.subscriptions) {
      report('subscription', connection, `It counts ${connection.subscriptions} and has ${mirrors.length}`);
    }
    for (const { channel } of mirrors) {
      const key = keys.subscription(channel, connection.cid);
      if (!contents.get(key)) report('subscription', key, 'The subscription is missing');
    }
  }
};
