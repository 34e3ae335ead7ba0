import { REPLIES, THOUGHTS } from './words.ts';

/** What somebody does next. `of` and `at` choose among what there is then: fractions from 0 to 1. */
export type Act =
  | { kind: 'post'; text: string }
  | { kind: 'reply'; text: string; at: number }
  | { kind: 'react'; reaction: 'like' | 'love' | 'laugh' | 'wow'; at: number }
  | { kind: 'follow'; at: number };

const REACTIONS = ['like', 'like', 'love', 'laugh', 'wow'] as const;

const MIN_PAUSE_MS = 6_000;
const MAX_PAUSE_MS = 40_000;

const pick = <Item>(items: readonly Item[], random: () => number): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Half of what people do is reacting; a quarter is a thought of their own. @param random from 0 to 1 */
export const nextAct = (random: () => number): Act => {
  const chance = random();
  if (chance < 0.28) return { kind: 'post', text: pick(THOUGHTS, random) };
  if (chance < 0.45) return { kind: 'reply', text: pick(REPLIES, random), at: random() };
  if (chance < 0.92) return { kind: 'react', reaction: pick(REACTIONS, random), at: random() };
  return { kind: 'follow', at: random() };
};

/** How long somebody thinks before the next thing, in milliseconds. */
export const pauseMs = (random: () => number): number =>
  MIN_PAUSE_MS + Math.floor(random() ** 2 * (MAX_PAUSE_MS - MIN_PAUSE_MS));
