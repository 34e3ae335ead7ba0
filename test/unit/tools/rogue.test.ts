import { expect, it } from 'vitest';
import { virtualRogue } from '../../../tools/rogue/virtual.ts';

// `npm run rogue` has 500 a second; fewer show the same in less time.
it('a person who posts 100 times a second is answered 429, and other people get the same answers, at most 1.5 times as late', async () => {
  const quiet = await virtualRogue(0, 20);
  const loud = await virtualRogue(100, 20);
  expect(loud.others).toEqual(quiet.others);
  expect(Object.keys(loud.others).sort()).toEqual(['200', '201']);
  // 30 at once, and one more every other second.
  expect(loud.rogue[201]).toBeLessThanOrEqual(41);
  expect((loud.rogue[201] ?? 0) + (loud.rogue[429] ?? 0)).toBe(2_000);
  expect(loud.p99 / quiet.p99).toBeLessThanOrEqual(1.5);
}, 30_000);
