import { setTimeout as sleep } from 'node:timers/promises';
import { RunningStack } from '../../local/run-stack.ts';
import { Api } from '../support/api.ts';
import { percentile } from '../support/measure.ts';
import type { RogueReport } from './virtual.ts';

const OTHERS = 5;
const PAUSE_MS = 250;

/** The same on a stack of its own, with the limits of AWS. What is slow here is the laptop's one processor as well. */
export const laptopRogue = async (perSecond: number, seconds: number): Promise<[RogueReport, RogueReport]> => {
  const running = await RunningStack.start([], { LIMITS: 'frames=650/130' });
  try {
    const names = Array.from({ length: OTHERS }, (_, at) => `person_${at}`);
    const people = await Promise.all(names.map((name) => Api.login(running.stack, name)));
    const rogue = await Api.login(running.stack, 'rogue');
    for (const user of [...people, rogue]) await user.must('GET', '/users/me');
    const quiet = await listen(people, seconds);
    const shooting = shoot(rogue, perSecond, seconds);
    const loud = await listen(people, seconds);
    return [quiet, { ...loud, rogue: await shooting }];
  } finally {
    await running.stop();
  }
};

/** Reads by everybody, again and again; posts would meet their own limits within seconds. */
const listen = async (people: Api[], seconds: number): Promise<RogueReport> => {
  const times: number[] = [];
  const others: Record<number, number> = {};
  const endsAt = performance.now() + seconds * 1_000;
  await Promise.all(
    people.map(async (user) => {
      while (performance.now() < endsAt) {
        const begun = performance.now();
        const { status } = await user.request('GET', '/timeline');
        times.push(performance.now() - begun);
        others[status] = (others[status] ?? 0) + 1;
        await sleep(PAUSE_MS);
      }
    }),
  );
  return { p50: percentile(times, 50), p99: percentile(times, 99), others, rogue: {} };
};

/** So many requests of the rogue are under way at most: a laptop answers fewer than are asked for. */
const AT_ONCE = 32;

const shoot = async (rogue: Api, perSecond: number, seconds: number): Promise<Record<number, number>> => {
  const counts: Record<number, number> = {};
  const begun = performance.now();
  let shot = 0;
  const shooter = async () => {
    while (performance.now() < begun + seconds * 1_000) {
      await sleep(Math.max(0, begun + (shot++ * 1_000) / perSecond - performance.now()));
      const { status } = await rogue.request('POST', '/thoughts', { text: 'me' });
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, shooter));
  return counts;
};
