import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../tools/simulation/virtual-time.ts';

describe('virtual time', () => {
  it('runs timers by their time, and those of one moment in the order in which they were set', async () => {
    const time = new VirtualTime(1_000);
    const ran: string[] = [];
    const set = (ms: number, name: string) => time.after(ms, () => ran.push(`${name} ${time.now()}`));
    for (const [ms, name] of [
      [30, 'c'],
      [10, 'a'],
      [30, 'd'],
      [20, 'b'],
      [-5, 'past'],
    ] as const) {
      set(ms, name);
    }
    await time.runUntil(1_030);
    expect(ran).toEqual(['past 1000', 'a 1010', 'b 1020', 'c 1030', 'd 1030']);
  });

  it('stops at its end, with what is later still to come', async () => {
    const time = new VirtualTime(0);
    const ran: number[] = [];
    time.after(100, () => ran.push(time.now()));
    await time.runUntil(99);
    expect([time.now(), ran]).toEqual([99, []]);
    await time.runUntil(100);
    expect(ran).toEqual([100]);
  });

  it('runs nothing that was taken back', async () => {
    const time = new VirtualTime(0);
    time.after(10, () => expect.unreachable())();
    await time.runUntil(100);
    expect(time.now()).toBe(100);
  });

  it('lets all promises go as far as they can before the next timer', async () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    time.after(10, async () => {
      for (let step = 0; step < 50; step++) await Promise.resolve();
      ran.push('promises');
    });
    time.after(11, () => ran.push('timer'));
    await time.runUntil(20);
    expect(ran).toEqual(['promises', 'timer']);
  });

  it('runs until work is done, and no further', async () => {
    const time = new VirtualTime(0);
    const work = time.sleep(50).then(() => time.sleep(50));
    await time.runUntilDone(work, 1_000);
    expect(time.now()).toBe(100);
    await time.runUntilDone(new Promise(() => {}), 300);
    expect(time.now()).toBe(300);
  });

  it('leaps: what falls into the leap runs once, late, and in its order', async () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    const set = (ms: number, name: string) => time.after(ms, () => ran.push(`${name} ${time.now()}`));
    set(2_000, 'b');
    set(500, 'a');
    set(20_000, 'c');
    time.leap(10_000);
    expect(time.now()).toBe(10_000);
    await time.runUntil(30_000);
    expect(ran).toEqual(['a 10000', 'b 10000', 'c 20000']);
  });
});
