import { describe, expect, it } from 'vitest';
import { readRates } from '../../../src/limits/rates.ts';
import { burstsOf } from '../../../tools/simulation/bursts.ts';
import type { Theme } from '../../../tools/simulation/themes.ts';

/** When each person acts in the burst of a theme, in milliseconds. */
const timesOf = (theme: Theme, people: number, kind: 'post' | 'react'): Map<string, number[]> => {
  const names = Array.from({ length: people }, (_, at) => `person${at}`);
  const steps = burstsOf(theme, { random: () => 0.5, names, end: 240_000, popular: () => 'person0' });
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const step of steps) {
    if ('action' in step && step.action.kind === kind) times.get(step.person)?.push(step.at);
  }
  return times;
};

describe('a burst of the theme crowd', () => {
  it.each([2, 5, 12, 30, 60])('asks no more of one key than its 10 write units a second, of %i people', (people) => {
    const everyMs = [...timesOf('crowd', people, 'post').values()].flatMap((times) =>
      times.slice(1).map((at, before) => at - (times[before] ?? 0)),
    );
    // A post takes 6 units of its author's key.
    expect(Math.min(...everyMs)).toBeGreaterThan((6 / 10) * 1_000);
  });

  it('has each of 30 people post, 20 posts a second for 10 s', () => {
    const times = [...timesOf('crowd', 30, 'post').values()];
    expect(times.every((posts) => posts.length >= 6)).toBe(true);
    expect(times.flat()).toHaveLength(200);
  });
});

describe('a burst of the theme popular', () => {
  it.each([2, 12, 30, 60])('asks for no more reactions of one person than the limit, of %i people', (people) => {
    const counts = [...timesOf('popular', people, 'react').values()].map((times) => times.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(readRates('').reactions?.burst ?? 0);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});
