import { describe, expect, it } from 'vitest';
import { eventSourceInvoke } from '../../../../local/aws/event-source.ts';
import { VirtualTime } from '../../../../tools/simulation/virtual-time.ts';

const setUp = ({ repeatRate = 0, lateUntil = 0 }) => {
  const time = new VirtualTime(0);
  const invoked: string[] = [];
  const faults: string[] = [];
  const invoke = eventSourceInvoke(
    async (event) => {
      invoked.push(`${event} at ${time.now()}`);
      return `answer ${invoked.length}`;
    },
    {
      runtime: { now: time.now, sleep: time.sleep, random: () => 0.5 },
      repeatRate: () => repeatRate,
      isLate: () => time.now() < lateUntil,
      onFault: (fault) => faults.push(fault),
    },
  );
  return { time, invoked, faults, invoke };
};

describe('an event source', () => {
  it('gives a batch once while nothing goes wrong', async () => {
    const { invoke, invoked, faults } = setUp({});
    expect(await invoke('batch')).toBe('answer 1');
    expect([invoked, faults]).toEqual([['batch at 0'], []]);
  });

  it('gives a batch that was done again, and the second answer counts', async () => {
    const { invoke, invoked, faults } = setUp({ repeatRate: 0.6 });
    expect(await invoke('batch')).toBe('answer 2');
    expect([invoked, faults]).toEqual([['batch at 0', 'batch at 0'], ['stream.repeat']]);
  });

  it('gives nothing while it is late, and everything afterwards', async () => {
    const { invoke, invoked, time } = setUp({ lateUntil: 5_500 });
    const batches = Promise.all([invoke('first'), invoke('second')]);
    await time.runUntil(5_000);
    expect(invoked).toEqual([]);
    await time.runUntil(10_000);
    expect(await batches).toEqual(['answer 1', 'answer 2']);
    expect(invoked).toEqual(['first at 6000', 'second at 6000']);
  });
});
