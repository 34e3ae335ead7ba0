import { beforeEach, describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/runtime/rate-limiter.ts';
import { createPush } from '../../support/push-run.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { times } from '../../support/world.ts';

describe('a push that does not get through at once', () => {
  let push: ReturnType<typeof createPush>;
  beforeEach(() => {
    push = createPush();
  });

  it('retries a connection that opened a moment ago and seems gone, until the push succeeds', async () => {
    push.sockets.answer = (_, attempt) => (attempt < 3 ? 'gone' : 'sent');
    push.put(push.young('c1'));
    expect(await push.flush()).toEqual({ sent: 1, ended: [], missed: 0 });
    expect(push.waits.length).toBe(3);
  });

  it('finds a new connection gone that is still gone after two seconds of retries', async () => {
    push.sockets.answer = () => 'gone';
    push.put(push.young('c1'));
    expect(await push.flush(60_000)).toEqual({ sent: 0, ended: [['c1', 'gone']], missed: 0 });
    expect(push.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(2_000);
  });

  it("does not end a new connection when the invocation's time ends first", async () => {
    push.sockets.answer = () => 'gone';
    push.put(push.young('c1'));
    expect(await push.flush(1_000)).toEqual({ sent: 0, ended: [], missed: 1 });
  });

  it('retries a busy gateway with growing waits', async () => {
    push.sockets.answer = (_, attempt) => (attempt < 4 ? 'busy' : 'sent');
    push.runtime.random = () => 0.999;
    push.put(push.old('c1'));
    expect(await push.flush()).toEqual({ sent: 1, ended: [], missed: 0 });
    expect(push.waits.length).toBe(4);
    expect(push.waits).toEqual(push.waits.toSorted((a, b) => a - b));
    expect(push.waits.at(-1)).toBeGreaterThan(3 * (push.waits[0] ?? 0));
  });

  it('gives up on a busy gateway before the deadline, and ends no connection', async () => {
    push.sockets.answer = () => 'busy';
    push.put(push.old('c1'));
    const start = push.runtime.now();
    expect(await push.flush(3_000)).toEqual({ sent: 0, ended: [], missed: 1 });
    expect(push.sockets.posts.length).toBeGreaterThan(2);
    expect(push.runtime.now() - start).toBeLessThan(3_000);
  });

  it('sends no later frame when an earlier one was given up', async () => {
    push.sockets.answer = () => 'busy';
    push.put(
      push.old('c1'),
      times(20, (at) => at),
      'x'.repeat(8_000),
    );
    await push.flush(100);
    expect(new Set(push.sockets.posts.map(({ frame }) => frame)).size).toBe(1);
  });

  /** Ten frames a second. */
  const createPaced = () => {
    const runtime = new TestRuntime();
    return createPush({ rateLimiter: new RateLimiter({ perSecond: 10, runtime }) }, runtime);
  };

  it('starts at most as many pushes a second as its rate limiter allows', async () => {
    const paced = createPaced();
    const start = paced.runtime.now();
    for (const connectionId of times(50, String)) paced.put(paced.old(connectionId));
    expect((await paced.flush(60_000)).sent).toBe(50);
    expect(paced.runtime.now() - start).toBeGreaterThanOrEqual(4_900);
  });

  it('starts with no connection when time has run out', async () => {
    push.sockets.answer = () => {
      push.runtime.pass(3_000);
      return 'busy';
    };
    for (const connectionId of times(500, String)) push.put(push.old(connectionId));
    expect((await push.flush(10_000)).missed).toBe(500);
    expect(push.sockets.posts.length).toBeLessThan(100);
  });

  it('does not wait for its rate limiter beyond the deadline', async () => {
    const paced = createPaced();
    const start = paced.runtime.now();
    for (const connectionId of times(200, String)) paced.put(paced.old(connectionId));
    expect((await paced.flush(5_000)).missed).toBeGreaterThan(100);
    expect(paced.runtime.now() - start).toBeLessThan(6_000);
  });

  it('tries every connection once before the deadline, also when retries have ended', async () => {
    const paced = createPaced();
    paced.sockets.answer = (connectionId) => (connectionId === '3' ? 'busy' : 'sent');
    for (const connectionId of times(200, String)) paced.put(paced.old(connectionId));
    expect(await paced.flush(60_000, 5_000)).toEqual({ sent: 199, ended: [], missed: 1 });
  });

  it('retries no push for one minute to a connection that was busy until retries ended, and then retries again', async () => {
    push.sockets.answer = () => 'busy';
    push.put(push.old('c1'));
    await push.flush(5_000);
    const first = push.sockets.posts.length;
    expect(first).toBeGreaterThan(2);
    push.put(push.old('c1'), [2]);
    await push.flush(5_000);
    expect(push.sockets.posts).toHaveLength(first + 1);
    push.runtime.pass(61_000);
    push.put(push.old('c1'), [3]);
    await push.flush(5_000);
    expect(push.sockets.posts.length).toBeGreaterThan(first + 3);
  });
});
