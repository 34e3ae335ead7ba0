import { REPLIES, THOUGHTS } from './words.ts';

/** A person's next action. `of` and `at`, from 0 to 1, choose one of the things that exist at that time. */
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

/** Chooses the next action: half are reactions, a quarter are thoughts. @param random from 0 to 1 */
export const nextAct = (random: () => number): Act => {
  const chance = random();
  if (chance < 0.28) return { kind: 'post', text: pick(THOUGHTS, random) };
  if (chance < 0.45) return { kind: 'reply', text: pick(REPLIES, random), at: random() };
  if (chance < 0.92) return { kind: 'react', reaction: pick(REACTIONS, random), at: random() };
  return { kind: 'follow', at: random() };
};

/** The pause before a person's next action, in milliseconds. */
export const pauseMs = (random: () => number): number =>
  MIN_PAUSE_MS + Math.floor(random() ** 2 * (MAX_PAUSE_MS - MIN_PAUSE_MS));
