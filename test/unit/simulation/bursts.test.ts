import { describe, expect, it } from 'vitest';
import { readRates } from '../../../src/limits/rates.ts';
import { burstsOf } from '../../../tools/simulation/bursts.ts';
import type { Theme } from '../../../tools/simulation/themes.ts';

const NAMES = Array.from({ length: 60 }, (_, at) => `person${at}`);
/** Random numbers that make a burst of each size. */
const FULL = 0;
const SMALL = 0.5;

/** When each person acts in the burst of a theme, in milliseconds. */
const timesOf = (theme: Theme, people: number, kind: 'post' | 'react', size: number): Map<string, number[]> => {
  const names = NAMES.slice(0, people);
  const steps = burstsOf(theme, { random: () => size, names, end: 240_000, popular: () => 'person0' });
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const step of steps) {
    if ('action' in step && step.action.kind === kind) times.get(step.person)?.push(step.at);
  }
  return times;
};

describe('a burst of the theme crowd', () => {
  it.each([2, 5, 12, 30, 60])('asks no more of one key than its 10 write units a second, of %i people', (people) => {
    const everyMs = [...timesOf('crowd', people, 'post', FULL).values()].flatMap((times) =>
      times.slice(1).map((at, before) => at - (times[before] ?? 0)),
    );
    // A post takes 6 units of its author's key.
    expect(Math.min(...everyMs)).toBeGreaterThan((6 / 10) * 1_000);
  });

  it('has each of 30 people post, 20 posts a second for 6 s', () => {
    const times = [...timesOf('crowd', 30, 'post', FULL).values()];
    expect(times.every((posts) => posts.length >= 4)).toBe(true);
    expect(times.flat()).toHaveLength(120);
  });
});

describe('a burst of the theme popular', () => {
  it.each([2, 12, 30, 60])('asks for no more reactions of one person than the limit, of %i people', (people) => {
    const counts = [...timesOf('popular', people, 'react', FULL).values()].map((times) => times.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(readRates('').reactions?.burst ?? 0);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describe('a burst of the theme storm', () => {
  it('has 150 posts, and mostly 30', () => {
    expect([...timesOf('storm', 30, 'post', FULL).values()].flat()).toHaveLength(150);
    expect([...timesOf('storm', 30, 'post', SMALL).values()].flat()).toHaveLength(30);
  });
});
