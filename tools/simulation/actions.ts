import type { Thought } from '../../client/index.ts';
import type { Action } from './steps.ts';
import type { Rates } from './themes.ts';

const MINUTE = 60_000;
export const TOPICS = ['aws', 'cats', 'tea'];

/** Draws a kind of action by its rate. */
export const weighted = (rates: Rates, random: () => number): keyof Rates => {
  const entries = Object.entries(rates) as [keyof Rates, number][];
  let left = random() * entries.reduce((sum, [, rate]) => sum + rate, 0);
  for (const [kind, rate] of entries) if ((left -= rate) < 0) return kind;
  return 'post';
};

interface Choices {
  random: () => number;
  pick: <T>(list: readonly T[]) => T;
  others: string[];
  popular: () => string;
  device: number;
}

/** Somebody's next action of this kind. */
export const actionOf = (kind: keyof Rates, { random, pick, others, popular, device }: Choices): Action => {
  switch (kind) {
    case 'post':
      return {
        kind,
        ...(random() < 0.3 && { topic: pick(TOPICS) }),
        ...(random() < 0.15 && { replyPick: random() }),
        ...(random() < 0.05 && { expiresIn: 60 + Math.floor(random() * 240) }),
      };
    case 'edit':
    case 'delete':
    case 'react':
      return { kind, pick: random() };
    case 'follow':
      return { kind, other: popular() };
    case 'unfollow':
    case 'mute':
    case 'unmute':
    case 'block':
    case 'unblock':
      return { kind, other: random() < 0.7 ? popular() : pick(others) };
    case 'read':
      return { kind, list: pick(['timeline', 'all', 'topic', 'author']), pick: random(), limit: pick([1, 5, 20, 100]) };
    case 'offline':
    case 'sleep':
      return { kind, device, ms: Math.floor(random() * 4 * MINUTE) };
    case 'repost':
      return { kind };
    default:
      return { kind, device };
  }
};

/** The body of a post. */
export const thoughtOf = (text: string, { topic, expiresIn }: Extract<Action, { kind: 'post' }>, target?: Thought) => ({
  text,
  ...(topic && { topics: [topic] }),
  ...(target && { inReplyTo: { author: target.author, id: target.id } }),
  ...(expiresIn && { expiresIn }),
});
