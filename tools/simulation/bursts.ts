import type { PlanParts } from './fault-windows.ts';
import type { Step } from './steps.ts';
import type { Theme } from './themes.ts';

const MINUTE = 60_000;
/** The most posts of one person in two minutes of a burst. The limit is 30 at once and 30 a minute; the person posts outside the burst too. */
const POSTS_IN_TWO_MINUTES = 60;
/** The most reactions of one person at once. */
const MAX_REACTIONS = 20;
/** A crowd posts for this long, in milliseconds. */
const CROWD_MS = 6_000;
/** The time between two posts of a crowd, in milliseconds. */
const CROWD_POST_EVERY_MS = 50;
/**
 * The time between two posts of one author in a crowd, in milliseconds. A post takes 6 write units of its author's key, which
 * has 10 a second in this theme, and the author does other things too.
 */
const AUTHOR_POST_EVERY_MS = 1_500;

/** Of so many storms, popular thoughts or piles of hidden thoughts, one has the full size. A crowd always has it: a small one finds too little. */
const FULL_SIZE_OF = 5;
/** The size of the others, as a part of the full one. They meet the same conditions, and take less time to run. */
const SMALL_SIZE = 0.2;

/** The steps that a theme adds: bursts that chance alone would hardly bring together. */
export const burstsOf = (theme: Theme, { random, names, end, popular }: PlanParts): Step[] => {
  const steps: Step[] = [];
  const start = Math.floor(random() * end * 0.6);
  const star = names[0] ?? '';
  const size = random() < 1 / FULL_SIZE_OF ? 1 : SMALL_SIZE;
  if (theme === 'storm') {
    // The fan-out waits for two minutes, and then everything comes at once.
    steps.push({ at: start, until: start + 120_000, fault: 'stream_lag' });
    const posts = new Map<string, number>();
    for (let at = 0; at < 150 * size; at++) {
      const wanted = popular();
      const isBusy = (posts.get(wanted) ?? 0) >= POSTS_IN_TWO_MINUTES;
      const person = isBusy ? (names[at % names.length] ?? star) : wanted;
      posts.set(person, (posts.get(person) ?? 0) + 1);
      steps.push({ at: start + at * 800, person, action: { kind: 'post' } });
    }
    // Some thoughts are deleted while deliveries that have read them wait for the table.
    for (let at = 0; at < 20; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + 121_000 + at * 500, person, action: { kind: 'delete', pick: 0.999 } });
    }
  }
  if (theme === 'crowd') {
    // Each author writes little, but all together write much. Fewer people write less.
    const everyMs = Math.max(CROWD_POST_EVERY_MS, AUTHOR_POST_EVERY_MS / names.length);
    for (let at = 0; at * everyMs < CROWD_MS; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + Math.floor(at * everyMs), person, action: { kind: 'post' } });
    }
    // Every third person begins to listen amid the crowd.
    for (const [at, person] of names.filter((_, place) => place % 3 === 1).entries()) {
      const opensAt = start + CROWD_MS / 2 + at * 300;
      steps.push({ at: opensAt - 2_000, person, action: { kind: 'close', device: 0 } });
      steps.push({ at: opensAt, person, action: { kind: 'open', device: 0 } });
    }
  }
  if (theme === 'handover') {
    for (const person of names) {
      if (random() < 0.5) continue;
      // Too late for its own checks to notice before the handover at 115 minutes.
      const at = (111.5 + random() * 4) * MINUTE;
      steps.push({ at: Math.floor(at), person, action: { kind: 'silence', device: 0 } });
    }
    for (let at = 0; at < 80; at++) {
      const action = { kind: random() < 0.8 ? 'post' : 'edit', topic: 'cats', pick: random() } as const;
      steps.push({ at: Math.floor((108 + random() * 14) * MINUTE), person: popular(), action });
    }
  }
  if (theme === 'popular') {
    steps.push({ at: start, person: star, action: { kind: 'post', topic: 'aws' } });
    for (let at = 0; at < Math.min(600, names.length * MAX_REACTIONS) * size; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + 3_000 + at, person, action: { kind: 'react', pick: 0.999 } });
    }
    for (let at = 0; at < 40 * size; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + 20_000 + at * 40, person, action: { kind: 'post', replyPick: 0.999 } });
    }
  }
  if (theme === 'deletions') {
    for (let at = 0; at < 12; at++) {
      steps.push({ at: start + at * 4_000, person: star, action: { kind: 'post' } });
      steps.push({ at: start + at * 4_000 + 200, person: star, action: { kind: 'delete', pick: 0.999 } });
    }
    steps.push({ at: start, until: start + 60_000, fault: 'stream_lag' });
  }
  if (theme === 'hidden') {
    // More than one person may post in so short a time.
    for (let at = 0; at < 200 * size; at++) {
      const person = names[at % names.length] ?? star;
      steps.push({ at: start + at * 50, person, action: { kind: 'post', topic: 'cats', expiresIn: 60 } });
    }
    for (let at = 0; at < 6; at++) {
      const list = at % 2 ? 'all' : 'topic';
      steps.push({ at: end - 20_000 + at * 1_000, person: star, action: { kind: 'read', list, pick: 0.4, limit: 1 } });
    }
  }
  return steps;
};
