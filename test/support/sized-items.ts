import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { followerItem, followingItem } from '../../src/follows/edge.ts';
import { keys } from '../../src/keys/keys.ts';
import type { Item } from '../../src/table/table.ts';
import { HEAD_IDS, packIds } from '../../src/thoughts/author-head.ts';
import { firstIdAt } from '../../src/thoughts/thought.ts';
import { thoughtItem, tombstoneItem } from '../../src/thoughts/thought-items.ts';
import { times } from './world.ts';

const MADE_AT = Date.parse('2026-01-02T03:04:05.678Z');
const ID = firstIdAt(MADE_AT);
const THOUGHT = {
  ...{ id: ID, author: 'alice', createdAt: MADE_AT, version: 1, seq: 12_345 },
  text: 'Grüße vom #meer 🌊: ein Gedanke, so lang wie die meisten, die man unterwegs aufschreibt.',
  topics: ['meer', 'aws'],
  inReplyTo: { author: 'bob', id: firstIdAt(MADE_AT - 60_000) },
};
const EDGE = {
  ...{ follower: 'bob', author: 'alice', muted: false, since: MADE_AT, warmFrom: MADE_AT + 60_000 },
  delivery: 'entry' as const,
};
/** As the release before stores it. */
const CONNECTION = { cid: 'L0SM9cOFvHcCIhw=', connectedAt: MADE_AT, authExpiresAt: MADE_AT + 3_600_000 };

const ITEMS: Record<string, Item> = {
  thought: thoughtItem(THOUGHT, 4),
  tombstone: tombstoneItem(THOUGHT, 12_346, MADE_AT + 1_000),
  head: {
    ...keys.head('a'.repeat(30)),
    ...{ type: 'head', seq: 12_345, more: true, thoughts: 1_200 },
    recent: packIds(times(HEAD_IDS, () => ID)),
  } as Item,
  following: followingItem(EDGE),
  follower: followerItem(EDGE),
  entry: {
    ...keys.timelineEntry('bob', ID),
    type: 'timeline-entry',
    author: 'alice',
    expiresAt: 1_770_000_000,
  } as Item,
  presence: {
    ...keys.presence('bob'),
    ...{ type: 'presence', username: 'bob', entriesFrom: MADE_AT, entriesUntil: MADE_AT + 1, version: 7 },
    connections: [CONNECTION, CONNECTION],
  } as Item,
  count: { ...keys.count({ kind: 'thought', id: ID }, 3), type: 'count', reactions: -12, replies: 100 } as Item,
};

/** Items as the project writes them, as DynamoDB has them. */
export const sizedItems = (): Record<string, Record<string, AttributeValue>> =>
  Object.fromEntries(
    Object.entries(ITEMS).map(([name, item]) => [name, marshall(item, { removeUndefinedValues: true })]),
  );
