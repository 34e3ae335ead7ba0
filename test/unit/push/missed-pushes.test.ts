import { describe, expect, it, vi } from 'vitest';
import { PushScheduler } from '../../../src/push/push-scheduler.ts';
import { createPush } from '../../support/push-run.ts';

const never = () => new Promise<void>(() => {});

/** @param sleep ends at once where events are to be sent before the end; by default they are not */
const createRun = (mark: (connectionId: string, channels: string[]) => Promise<void>, sleep = never) => {
  const push = createPush();
  const { now } = push.runtime;
  const { lifecycle, pushBuffer, pusher } = push;
  return {
    push,
    scheduler: new PushScheduler({
      pusher,
      pushBuffer,
      lifecycle,
      runtime: { now, sleep },
      deadline: now() + 60_000,
      mark,
    }),
  };
};

describe('a push that was missed', () => {
  it('is marked on its connection, once for a batch, with all channels that it was for', async () => {
    const marks: [string, string[]][] = [];
    const mark = async (connectionId: string, channels: string[]) => void marks.push([connectionId, channels]);
    const { push, scheduler } = createRun(mark, async () => {});
    push.sockets.answer = (connectionId) => (connectionId === 'c1' ? 'busy' : 'sent');
    push.put(push.old('c1'), [1]);
    push.put(push.old('c2'), [1]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(push.sockets.posts.length).toBeGreaterThan(0);
    push.put(push.old('c1'), [2]);
    push.pushBuffer.addGap(push.old('c1'), 'all');
    await scheduler.finish();
    expect(marks).toEqual([['c1', ['timeline', 'all']]]);
  });

  it('is not marked when the invocation is about to end: the batch would come again as a whole, and end as late', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const marks: string[] = [];
    const { push, scheduler } = createRun(async (connectionId) => {
      // As slow as a table that is throttled.
      push.runtime.pass(100);
      marks.push(connectionId);
    });
    push.sockets.answer = () => 'busy';
    for (let at = 0; at < 500; at++) push.put(push.old(`c${at}`), [1]);
    push.runtime.pass(60_000);
    expect(await scheduler.finish()).toMatchObject({ missed: 500 });
    expect(marks.length).toBeGreaterThanOrEqual(20);
    // Those that are under way together, beyond the two seconds.
    expect(marks.length).toBeLessThan(40);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it('of `all` or a topic is marked before others, which the next check finds', async () => {
    const marks: string[] = [];
    const { push, scheduler } = createRun(async (connectionId) => void marks.push(connectionId));
    push.sockets.answer = () => 'busy';
    for (const [at, channel] of ['timeline', 'all', 'author:alice', 'topic:sea'].entries()) {
      push.pushBuffer.addGap(push.old(`c${at}`), channel);
    }
    await scheduler.finish();
    expect(marks.slice(0, 2).toSorted()).toEqual(['c1', 'c3']);
    expect(marks.slice(2).toSorted()).toEqual(['c0', 'c2']);
  });

  it('fails no batch when it cannot be marked', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { push, scheduler } = createRun(async () => {
      throw new Error('busy');
    });
    push.sockets.answer = () => 'busy';
    push.put(push.old('c1'), [1]);
    expect(await scheduler.finish()).toMatchObject({ missed: 1 });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
