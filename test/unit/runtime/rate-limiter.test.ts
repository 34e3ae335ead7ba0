import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/runtime/rate-limiter.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { times } from '../../support/world.ts';

const paced = (perSecond: number) => {
  const runtime = new TestRuntime();
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    runtime.pass(ms);
  };
  const rateLimiter = new RateLimiter({ perSecond, runtime: { now: runtime.now, sleep } });
  return { runtime, waits, rateLimiter };
};

describe('a rate limiter', () => {
  it('lets the first go at once, and each later one in its turn', async () => {
    const { rateLimiter, waits } = paced(10);
    for (const _ of times(4, String)) await rateLimiter.acquire(1);
    expect(waits).toEqual([100, 100, 100]);
  });

  it('waits after a large count for as long as the count takes', async () => {
    const { rateLimiter, waits } = paced(100);
    await rateLimiter.acquire(500);
    await rateLimiter.acquire(1);
    expect(waits).toEqual([5_000]);
  });

  it('lets concurrent callers start one after the other', async () => {
    const { rateLimiter, waits } = paced(10);
    await Promise.all(times(3, () => rateLimiter.acquire(1)));
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThanOrEqual(100);
  });

  it('saves no units of the time in which nobody asked', async () => {
    const { runtime, rateLimiter, waits } = paced(10);
    await rateLimiter.acquire(1);
    runtime.pass(60_000);
    await rateLimiter.acquire(1);
    await rateLimiter.acquire(1);
    expect(waits).toEqual([100]);
  });

  it('waits for nothing when nothing is asked for, and never when it has no limit', async () => {
    const slow = paced(1);
    await slow.rateLimiter.acquire(1);
    await slow.rateLimiter.acquire(0);
    const fast = paced(0);
    for (const _ of times(5, String)) await fast.rateLimiter.acquire(1_000);
    expect([...slow.waits, ...fast.waits]).toEqual([]);
  });
});
