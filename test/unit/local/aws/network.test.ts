import { describe, expect, it } from 'vitest';
import { Wire } from '../../../../local/aws/network.ts';
import { seededRandom } from '../../../../local/faults/random.ts';
import { VirtualTime } from '../../../../tools/simulation/virtual-time.ts';

const setUp = (latencyMs: [number, number]) => {
  const time = new VirtualTime(0);
  const world = {
    now: time.now,
    sleep: time.sleep,
    after: time.after,
    random: seededRandom(1),
    newId: () => 'id',
  };
  const wire = new Wire(world, { latencyMs });
  const arrived: string[] = [];
  const carry = (direction: 'up' | 'down', name: string) => wire.carry(direction, () => arrived.push(name));
  return { time, wire, carry, arrived };
};

describe('a wire', () => {
  it('delivers after its latency', async () => {
    const { time, carry, arrived } = setUp([30, 30]);
    carry('up', 'a');
    await time.runUntil(29);
    expect(arrived).toEqual([]);
    await time.runUntil(30);
    expect(arrived).toEqual(['a']);
  });

  it('keeps the order of each direction, however long each takes', async () => {
    const { time, carry, arrived } = setUp([0, 1_000]);
    const names = Array.from({ length: 50 }, (_, at) => `${at}`);
    for (const name of names) carry(Number(name) % 2 ? 'up' : 'down', name);
    await time.runUntil(10_000);
    expect(arrived.filter((name) => Number(name) % 2)).toEqual(names.filter((name) => Number(name) % 2));
    expect(arrived.filter((name) => !(Number(name) % 2))).toEqual(names.filter((name) => !(Number(name) % 2)));
  });

  it('carries nothing once it is silent, not even what is under way', async () => {
    const { time, wire, carry, arrived } = setUp([30, 30]);
    carry('down', 'under way');
    wire.isSilent = true;
    carry('down', 'later');
    await time.runUntil(1_000);
    expect(arrived).toEqual([]);
  });
});
