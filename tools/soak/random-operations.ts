import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../local/faults/random.ts';
import type { SoakedUser } from './soaked-user.ts';

/** People stop to think; without it every resume would find more than it may replay. */
const MAX_PAUSE_MS = 600;

/** How many of each operation were done. */
export type OperationCounts = Record<string, number>;

const pick = <T>(list: T[], random: () => number): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('Nothing to pick from');
  return item;
};

/** One operation of one user, and how often it comes among a hundred. */
const OPERATIONS: Record<string, { weight: number; run: Operation }> = {
  post: {
    weight: 40,
    run: async ({ user, random }) => {
      const answer = await user.call('POST', '/thoughts', { text: `${random()} #soak` });
      user.own.push(answer.body.id);
    },
  },
  edit: {
    weight: 14,
    run: async ({ user, random }) => {
      if (user.own.length === 0) return;
      await user.call('PATCH', `/users/${user.username}/thoughts/${pick(user.own, random)}`, {
        text: `edited ${random()}`,
      });
    },
  },
  delete: {
    weight: 6,
    run: async ({ user, random }) => {
      if (user.own.length === 0) return;
      const id = pick(user.own, random);
      user.own.splice(user.own.indexOf(id), 1);
      await user.call('DELETE', `/users/${user.username}/thoughts/${id}`);
    },
  },
  react: {
    weight: 8,
    run: async ({ user, other, random }) => {
      if (other.own.length === 0) return;
      const path = `/users/${other.username}/thoughts/${pick(other.own, random)}/reaction`;
      if (random() < 0.7) await user.call('PUT', path, { kind: 'like' });
      else await user.call('DELETE', path);
    },
  },
  reply: {
    weight: 6,
    run: async ({ user, other, random }) => {
      if (other.own.length === 0) return;
      const inReplyTo = { author: other.username, id: pick(other.own, random) };
      const answer = await user.call('POST', '/thoughts', { text: `re ${random()}`, inReplyTo });
      if (answer.status === 201) user.own.push(answer.body.id);
    },
  },
  converse: {
    weight: 12,
    run: async ({ user, other, random }) => {
      if (user === other) return;
      const known = user.conversations.size > 0 && random() < 0.8 ? pick([...user.conversations], random) : undefined;
      if (known === undefined) await user.open([other.username], `${random()}`);
      else await user.call('POST', `/conversations/${known}/messages`, { text: `${random()}` });
    },
  },
  changeMessage: {
    weight: 4,
    run: async ({ user, random }) => {
      if (user.messages.size === 0) return;
      const path = pick([...user.messages], random);
      if (random() < 0.6) await user.call('PATCH', path, { text: `edited ${random()}` });
      else await user.call('DELETE', path);
    },
  },
  follow: { weight: 12, run: async ({ user, other }) => user !== other && user.follow(other.username) },
  unfollow: { weight: 4, run: async ({ user, other }) => user !== other && user.unfollow(other.username) },
  disconnect: {
    weight: 5,
    run: async ({ user }) => {
      if (user.isConnected) user.disconnect();
    },
  },
  connect: {
    weight: 5,
    run: async ({ user }) => {
      if (!user.isConnected) user.connect();
    },
  },
};

type Operation = (step: { user: SoakedUser; other: SoakedUser; random: () => number }) => Promise<unknown>;

const NAMES = Object.entries(OPERATIONS).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));

/** Lets every user do one thing after the other, side by side, until the time is over. */
export const runOperations = async (users: SoakedUser[], untilMs: number, seed: number): Promise<OperationCounts> => {
  const counts: OperationCounts = {};
  await Promise.all(
    users.map(async (user, at) => {
      const random = seededRandom(seed * 1_000 + at);
      while (Date.now() < untilMs) {
        const name = pick(NAMES, random);
        await OPERATIONS[name]?.run({ user, other: pick(users, random), random });
        counts[name] = (counts[name] ?? 0) + 1;
        await sleep(random() * MAX_PAUSE_MS);
      }
    }),
  );
  return counts;
};
