import { beforeEach, describe, expect, it } from 'vitest';
import { POSTS_AT_ONCE as POSTS } from '../../../src/push/sockets.ts';
import { createPush } from '../../support/push-run.ts';
import { times } from '../../support/world.ts';

/** All promises that can be kept by now are kept. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a push', () => {
  let push: ReturnType<typeof createPush>;
  beforeEach(() => {
    push = createPush();
  });

  it('takes the events of a connection in one frame, and leaves the push buffer empty', async () => {
    push.put(push.old('c1'), [2, 1]);
    push.put(push.old('c2'), [3]);
    expect(await push.flush()).toEqual({ sent: 2, ended: [], missed: 0 });
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual([1, 2]);
    expect(push.sockets.eventsOf('c2').map(({ seq }) => seq)).toEqual([3]);
    expect(await push.flush()).toEqual({ sent: 0, ended: [], missed: 0 });
  });

  it('sends gaps after the events', async () => {
    push.pushBuffer.addGap(push.old('c1'), 'timeline');
    push.put(push.old('c1'));
    expect(await push.flush()).toEqual({ sent: 2, ended: [], missed: 0 });
    const types = push.sockets.posts.map(({ frame }) => (JSON.parse(frame) as { type: string }).type);
    expect(types).toEqual(['events', 'gap']);
    expect(push.sockets.posts[1]?.frame).toBe('{"type":"gap","channel":"timeline"}');
  });

  it('finds a connection gone after one try', async () => {
    push.sockets.answer = () => 'gone';
    push.put(
      push.old('c1'),
      times(20, (at) => at),
      'x'.repeat(8_000),
    );
    expect(await push.flush()).toEqual({ sent: 0, ended: [['c1', 'gone']], missed: 0 });
    expect(push.sockets.posts.length).toBe(1);
    expect(push.waits).toEqual([]);
  });

  it('finds a connection whose login has ended, and sends it nothing', async () => {
    push.put({ ...push.old('c1'), authExpiresAt: push.runtime.now() });
    push.put({ ...push.old('c2'), authExpiresAt: push.runtime.now() + 1 });
    expect(await push.flush()).toEqual({ sent: 1, ended: [['c1', 'login_expired']], missed: 0 });
    expect(push.sockets.eventsOf('c1')).toEqual([]);
  });

  it('sends nothing after the deadline, and ends no connection', async () => {
    push.put({ ...push.old('c1'), authExpiresAt: push.runtime.now() });
    push.put(push.old('c2'));
    expect(await push.flush(0)).toEqual({ sent: 0, ended: [], missed: 2 });
    expect(push.sockets.posts).toEqual([]);
  });

  it('sends to the other connections while one does not answer', async () => {
    const { promise, resolve } = Promise.withResolvers<'sent'>();
    push.sockets.answer = (connectionId) => (connectionId === 'dead' ? promise : 'sent');
    push.put(push.old('dead'));
    for (const connectionId of times(100, String)) push.put(push.old(connectionId));
    const flushed = push.flush();
    await expect.poll(() => push.sockets.posts.length).toBe(100);
    resolve('sent');
    expect(await flushed).toEqual({ sent: 101, ended: [], missed: 0 });
  });

  it('sends the frames of one connection one behind the other, in their order', async () => {
    let open = 0;
    let most = 0;
    push.sockets.answer = async (): Promise<'sent'> => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open -= 1;
      return 'sent';
    };
    push.put(
      push.old('c1'),
      times(30, (at) => at),
      'x'.repeat(4_000),
    );
    const { sent } = await push.flush();
    expect(sent).toBeGreaterThan(3);
    expect(most).toBe(1);
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual(times(30, (at) => at));
  });

  it('has 50 requests under way at most, however many flushes run side by side, and begins none after the deadline', async () => {
    const answers: (() => void)[] = [];
    push.sockets.answer = () => new Promise((resolve) => answers.push(() => resolve('sent')));
    const flushes = times(5, (flush) => {
      for (const at of times(100, String)) push.put(push.old(`c${flush}_${at}`));
      return push.flush(10_000);
    });
    await settled();
    expect(answers.length).toBe(POSTS);
    push.runtime.pass(10_000);
    for (const answer of answers) answer();
    const flushed = await Promise.all(flushes);
    expect(answers.length).toBe(POSTS);
    expect(flushed.reduce((sum, { sent }) => sum + sent, 0)).toBe(POSTS);
    expect(flushed.reduce((sum, { missed }) => sum + missed, 0)).toBe(500 - POSTS);
  });

  it('sends one event a frame when the gateway takes no large ones', async () => {
    push.sockets.answer = (_, __, frame) => (frame.length > 2_000 ? 'too_large' : 'sent');
    push.put(push.old('c1'), [1, 2, 3], 'x'.repeat(1_000));
    expect(await push.flush()).toEqual({ sent: 3, ended: [], missed: 0 });
    expect(push.sockets.eventsOf('c1').map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('counts a push that the gateway never accepts as missed, and does not fail', async () => {
    push.sockets.answer = () => 'too_large';
    push.put(push.old('c1'));
    expect(await push.flush()).toEqual({ sent: 0, ended: [], missed: 1 });
  });
});
