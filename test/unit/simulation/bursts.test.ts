import { describe, expect, it } from 'vitest';
import { burstsOf } from '../../../tools/simulation/bursts.ts';

const postTimes = (people: number): Map<string, number[]> => {
  const names = Array.from({ length: people }, (_, at) => `person${at}`);
  const steps = burstsOf('crowd', { random: () => 0.5, names, end: 240_000, popular: () => 'person0' });
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const step of steps) if ('action' in step) times.get(step.person)?.push(step.at);
  return times;
};

describe('a burst of the theme crowd', () => {
  it.each([2, 5, 12, 30, 60])('asks no more of one key than its 10 write units a second, of %i people', (people) => {
    const everyMs = [...postTimes(people).values()].flatMap((times) =>
      times.slice(1).map((at, before) => at - (times[before] ?? 0)),
    );
    // A post takes 6 units of its author's key.
    expect(Math.min(...everyMs)).toBeGreaterThan((6 / 10) * 1_000);
  });

  it('has each of 30 people post, 20 posts a second for 10 s', () => {
    const times = [...postTimes(30).values()];
    expect(times.every((posts) => posts.length >= 6)).toBe(true);
    expect(times.flat()).toHaveLength(200);
  });
});
