import pMap from 'p-map';
import { v7 } from 'uuid';
import type { Stores } from '../../src/stores.ts';

export interface SeedOptions {
  users: number;
  thoughts: number;
  random: () => number;
  /** Called after each step with how many are done, of how many. */
  onProgress: (done: number, total: number) => void;
}

const WORDS = 'the a sea wind letter quiet long road morning bread window machine idea river patience lamp'.split(' ');
const TOPICS = ['aws', 'books', 'cooking', 'music', 'walking'];
const AT_ONCE = 16;
const FOLLOWS_EACH = 10;

/** A small number is far likelier than a large one: a few authors get most of the followers. */
const popular = (count: number, random: () => number): number => Math.floor(count * random() ** 3);

const sentence = (random: () => number): string => {
  const words = Array.from({ length: 4 + Math.floor(random() * 12) }, () => WORDS[Math.floor(random() * WORDS.length)]);
  const topic = random() < 0.3 ? ` #${TOPICS[Math.floor(random() * TOPICS.length)]}` : '';
  return `${words.join(' ')}.${topic}`;
};

/** A graph as real ones are, through the stores, so that every count and edge is right. */
export const seed = async (stores: Stores, { users, thoughts, random, onProgress }: SeedOptions): Promise<number> => {
  const run = v7().slice(-4);
  const names = Array.from({ length: users }, (_, at) => `user_${run}_${at}`);
  const follows = new Set<string>();
  for (const follower of names) {
    for (let n = 0; n < Math.min(FOLLOWS_EACH, users - 1); n++) {
      const author = names[popular(users, random)] ?? '';
      if (author !== follower) follows.add(`${follower} ${author}`);
    }
  }
  const conversations = users > 1 ? Math.ceil(users / 4) : 0;
  const total = users + follows.size + thoughts + conversations;
  let done = 0;
  const step = async (work: Promise<unknown>) => {
    await work;
    onProgress(++done, total);
  };
  await pMap(names, (name) => step(stores.users.ensure(name)), { concurrency: AT_ONCE });
  await pMap(
    follows,
    (pair) => {
      const [follower = '', author = ''] = pair.split(' ');
      return step(stores.follows.follow(follower, author));
    },
    { concurrency: AT_ONCE },
  );
  await pMap(
    Array.from({ length: thoughts }, () => names[popular(users, random)] ?? ''),
    (author) => step(stores.thoughts.create(author, { text: sentence(random) })),
    { concurrency: AT_ONCE },
  );
  await pMap(
    Array.from({ length: conversations }, (_, at) => at),
    (at) => step(converse(stores, names, at, random)),
    { concurrency: AT_ONCE },
  );
  return total;
};

/** Two people, or a few more, who say some things to each other. */
const converse = async ({ conversations, messages }: Stores, names: string[], at: number, random: () => number) => {
  const size = Math.min(names.length, random() < 0.5 ? 2 : 3 + Math.floor(random() * 5));
  const people = Array.from({ length: size }, (_, step) => names[(at + step * 7) % names.length] ?? '');
  const [first = '', ...others] = [...new Set(people)];
  const opened = await conversations.open(first, {
    members: others.length > 0 ? others : names,
    text: sentence(random),
  });
  if (opened.kind !== 'posted') return;
  const { head, roster } = opened.conversation;
  for (let said = 0; said < Math.floor(random() * 10); said++) {
    const author = roster.members[Math.floor(random() * roster.members.length)]?.username ?? first;
    await messages.post(head.id, { author, text: sentence(random) });
  }
};
