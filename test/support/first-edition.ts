import { v7 } from 'uuid';
import { slice } from '../../src/keys/keys.ts';
import type { Item, Table } from '../../src/table/table.ts';

const DAY = 86_400_000;
const SHARDS = 8;

interface Reference {
  author: string;
  id: string;
}

/**
 * A table as the first edition wrote it: keys and attributes are written out here, for the code that made them is gone.
 * It holds what a small town has done in sixty days.
 */
export const firstEditionItems = (random: () => number, now: number) => {
  const names = ['alice', 'bob', 'carol', 'dan', 'eve', 'fred'];
  const items = new Map<string, Item & Record<string, unknown>>();
  const put = (item: Item & Record<string, unknown>) => items.set(`${item.pk}\n${item.sk}`, item);
  const count = (subject: string, name: string, isSingle = false) => {
    const shard = isSingle ? SHARDS : Math.floor(random() * SHARDS);
    const [pk, sk] = [`COUNTS#${subject}`, String(shard)];
    const item = items.get(`${pk}\n${sk}`) ?? { pk, sk, type: 'count' };
    put({ ...item, [name]: Number(item[name] ?? 0) + 1 });
  };
  const some = <T>(list: T[]): T => list[Math.floor(random() * list.length)] as T;

  for (const username of names) {
    put({ pk: `USER#${username}`, sk: 'PROFILE', type: 'user', username, name: username, bio: '', createdAt: 1 });
  }
  const follow = (follower: string, author: string) => {
    const edge = { follower, author, muted: random() < 0.2, since: now - 70 * DAY };
    put({ pk: `USER#${follower}`, sk: `FOLLOWING#${author}`, type: 'following', ...edge });
    put({ pk: `FOLLOWERS#${author}`, sk: `${slice(follower)}#${follower}`, type: 'follower', ...edge });
    count(`USER#${author}`, 'followers');
    count(`USER#${follower}`, 'following', true);
  };
  for (const follower of names)
    for (const author of names) if (follower < author && random() < 0.7) follow(follower, author);
  // A block has ended the follows, and stands alone.
  put({ pk: 'USER#fred', sk: 'BLOCK#alice', type: 'block', username: 'fred', blocked: 'alice' });

  const thoughts: Reference[] = [];
  const post = (author: string, seq: number, createdAt: number) => {
    const id = v7({ msecs: createdAt, random: Uint8Array.from({ length: 16 }, () => random() * 256) });
    const inReplyTo = thoughts.length > 0 && random() < 0.2 ? some(thoughts) : undefined;
    const isDeleted = random() < 0.15;
    const topics = random() < 0.5 ? ['sea'] : [];
    const base = { pk: `USER#${author}`, sk: `THOUGHT#${id}`, type: 'thought', id, author, topics, createdAt, seq };
    const reply = inReplyTo && { inReplyTo };
    if (isDeleted) put({ ...base, ...reply, text: '', deletedAt: createdAt + 1, version: 2, expiresAt: 4e9 });
    else put({ ...base, ...reply, text: 'a thought', version: 1, gsi1pk: 'FEED', gsi1sk: id });
    // The entries of what is deleted were left.
    for (const topic of topics) put({ pk: `TOPIC#${topic}`, sk: id, type: 'topic-entry', author });
    if (inReplyTo) put({ pk: `REPLIES#${inReplyTo.id}`, sk: id, type: 'reply-entry', author });
    for (const reader of names) {
      const isFollower = items.has(`USER#${reader}\nFOLLOWING#${author}`) || reader === author;
      if (isFollower && random() < 0.9) put({ pk: `TIMELINE#${reader}`, sk: id, type: 'timeline-entry', author });
    }
    if (isDeleted) return;
    thoughts.push({ author, id });
    count(`USER#${author}`, 'thoughts', true);
    if (inReplyTo && !isGone(inReplyTo)) count(`THOUGHT#${inReplyTo.id}`, 'replies');
  };
  const isGone = ({ author, id }: Reference) => items.get(`USER#${author}\nTHOUGHT#${id}`)?.deletedAt !== undefined;
  const perAuthor = new Map([
    ['alice', 55],
    ['bob', 9],
    ['carol', 3],
    ['dan', 1],
  ]);
  for (const [author, posts] of perAuthor) {
    for (let seq = 1; seq <= posts; seq++) post(author, seq, now - 60 * DAY + Math.floor((seq * 59 * DAY) / posts));
    put({ pk: `USER#${author}`, sk: 'SEQ', type: 'clock', author, seq: posts });
  }
  for (const username of names) {
    const thought = some(thoughts);
    put({ pk: `REACTIONS#${thought.id}`, sk: username, type: 'reaction', kind: 'like', thoughtId: thought.id });
    count(`THOUGHT#${thought.id}`, 'reactions');
    if (random() < 0.8) {
      const presence = {
        username,
        lastSeenAt: now - 5 * DAY,
        needsRebuild: random() < 0.5,
        connections: [],
        version: 3,
      };
      put({ pk: `PRESENCE#${username}`, sk: 'PRESENCE', type: 'presence', ...presence });
    }
  }
  const { id } = some(thoughts);
  const answer = JSON.stringify({ id, text: 'a thought' });
  put({ pk: 'IDEMPOTENCY#alice#x', sk: 'IDEMPOTENCY', type: 'idempotency', fingerprint: 'f', answer, expiresAt: 4e9 });
  return { names, items: [...items.values()] };
};

export const putAll = (table: Table, items: Item[]): Promise<void> => table.batchWrite(items.map((put) => ({ put })));
