import { beforeEach, describe, expect, it } from 'vitest';
import { PushScheduler } from '../../../src/push/push-scheduler.ts';
import { createPush } from '../../support/push-run.ts';

describe('a push scheduler', () => {
  let push: ReturnType<typeof createPush>;
  let scheduler: PushScheduler;
  let marks: [string, string[]][];
  beforeEach(() => {
    push = createPush();
    marks = [];
    const mark = async (connectionId: string, channels: string[]) => void marks.push([connectionId, channels]);
    const { runtime, pushBuffer, pusher } = push;
    scheduler = new PushScheduler({ pusher, pushBuffer, now: runtime.now, deadline: runtime.now() + 60_000, mark });
  });

  it('sends what comes soon after each other in one frame, at the end', async () => {
    for (const seq of [1, 2, 3]) {
      push.put(push.old('c1'), [seq]);
      scheduler.flushIfDue();
      push.runtime.pass(50);
    }
    expect(push.sockets.posts).toEqual([]);
    expect(await scheduler.finish()).toEqual({ sent: 1, gone: 0, missed: 0 });
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('sends the first events before the end of a long batch', async () => {
    push.put(push.old('c1'), [1]);
    push.runtime.pass(300);
    scheduler.flushIfDue();
    push.put(push.old('c1'), [2]);
    await scheduler.finish();
    expect(push.sockets.posts.map(({ connectionId }) => connectionId)).toEqual(['c1', 'c1']);
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('has one frame at a time under way to a connection', async () => {
    let underWay = 0;
    push.sockets.answer = async () => {
      expect(++underWay).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return 'sent' as const;
    };
    for (const seq of [1, 2, 3, 4]) {
      push.put(push.old('c1'), [seq]);
      push.runtime.pass(300);
      scheduler.flushIfDue();
    }
    const { sent } = await scheduler.finish();
    expect(sent).toBe(2);
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});
