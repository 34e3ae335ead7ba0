import { describe, expect, it } from 'vitest';
import { RunFailedError, Workers } from '../../../tools/simulation/workers.ts';

const WHOLE = 60_000;

describe('runs of the simulation', () => {
  it(
    'have one hash for one seed, in every worker, and another for another',
    async () => {
      const workers = new Workers(2);
      try {
        const size = { people: 5, minutes: 1 };
        const runs = (seed: number) =>
          Array.from({ length: 2 }, () => workers.run({ seed, ...size, theme: 'network' }));
        const [first, second] = await Promise.all([Promise.all([...runs(1), ...runs(1)]), Promise.all(runs(2))]);
        expect(first).toHaveLength(4);
        expect(new Set(first.map(({ hash }) => hash)).size).toBe(1);
        expect(new Set(second.map(({ hash }) => hash)).size).toBe(1);
        expect(first[0]?.hash).not.toBe(second[0]?.hash);
        expect(first[0]?.counts.answers).toBeGreaterThan(10);
      } finally {
        await workers.close();
      }
    },
    WHOLE,
  );

  it(
    'fail when something asks the machine for time, chance or a timer',
    async () => {
      const ask = [
        'Date.now()',
        'Math.random()',
        'performance.now()',
        'crypto.randomUUID()',
        'setTimeout(() => {}, 1)',
      ];
      const forbidFile = new URL('../../../tools/simulation/forbid-real-clock.ts', import.meta.url).href;
      const text = `
        const { parentPort } = await import('node:worker_threads');
        const { forbidRealClock } = await import(${JSON.stringify(forbidFile)});
        forbidRealClock();
        const asked = [${ask.map((call) => `() => ${call}`).join(', ')}];
        parentPort.on('message', ({ seed }) => {
          try {
            asked[seed]();
            parentPort.postMessage({ report: {} });
          } catch (error) {
            parentPort.postMessage({ error: error.code });
          }
        });`;
      const workers = new Workers(1, new URL(`data:text/javascript,${encodeURIComponent(text)}`));
      try {
        for (const seed of ask.keys()) {
          await expect(workers.run({ seed })).rejects.toThrow(new RunFailedError('real_clock'));
        }
      } finally {
        await workers.close();
      }
    },
    WHOLE,
  );

  it(
    'lend their timers to packages that take them from Node',
    async () => {
      const file = (name: string) => new URL(`../../../tools/simulation/${name}.ts`, import.meta.url).href;
      const text = `
        import { setTimeout as later } from 'node:timers';
        import { parentPort } from 'node:worker_threads';
        import { lendTimers } from ${JSON.stringify(file('forbid-real-clock'))};
        import { VirtualTime } from ${JSON.stringify(file('virtual-time'))};
        parentPort.on('message', async () => {
          const time = new VirtualTime(0);
          lendTimers(time);
          const rang = [];
          later(() => rang.push(time.now()), 86_400_000);
          clearTimeout(later(() => rang.push('never'), 5));
          await time.runUntil(1e9);
          parentPort.postMessage({ report: rang });
        });`;
      const workers = new Workers(1, new URL(`data:text/javascript,${encodeURIComponent(text)}`));
      try {
        expect(await workers.run({ seed: 1 })).toEqual([86_400_000]);
      } finally {
        await workers.close();
      }
    },
    WHOLE,
  );
});
