import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PushScheduler } from '../../../src/push/push-scheduler.ts';
import { createPush } from '../../support/push-run.ts';

/** All promises that can be kept by now are kept. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a push scheduler', () => {
  let push: ReturnType<typeof createPush>;
  let scheduler: PushScheduler;
  let waits: { ms: number; end: () => void }[];
  beforeEach(() => {
    push = createPush();
    waits = [];
    const sleep = (ms: number) => new Promise<void>((end) => waits.push({ ms, end }));
    const { lifecycle, runtime, pushBuffer, pusher } = push;
    scheduler = new PushScheduler({
      pusher,
      pushBuffer,
      lifecycle,
      runtime: { now: runtime.now, sleep },
      deadline: runtime.now() + 60_000,
      mark: async () => {},
    });
  });
  /** The time in which events are gathered is over. */
  const gathered = async () => {
    for (const { ms, end } of waits.splice(0)) {
      push.runtime.pass(ms);
      end();
    }
    await settled();
  };
  const seqs = (connectionId: string) => push.sockets.eventsOf(connectionId).map(({ seq }) => seq);

  it('sends what comes soon after each other in one frame, at the end', async () => {
    for (const seq of [1, 2, 3]) push.put(push.old('c1'), [seq]);
    expect(push.sockets.posts).toEqual([]);
    expect(await scheduler.finish()).toEqual({ sent: 1, gone: 0, missed: 0 });
    expect(seqs('c1')).toEqual([1, 2, 3]);
  });

  it('sends events 250 ms after the first of them, though a record of the batch is not done', async () => {
    push.put(push.old('c1'), [1]);
    push.put(push.old('c2'), [1, 2]);
    expect(waits.map(({ ms }) => ms)).toEqual([250]);
    await gathered();
    expect([seqs('c1'), seqs('c2')]).toEqual([[1], [1, 2]]);
    push.put(push.old('c1'), [2]);
    await gathered();
    expect(seqs('c1')).toEqual([1, 2]);
    expect(await scheduler.finish()).toEqual({ sent: 3, gone: 0, missed: 0 });
  });

  it('sends nothing after its end', async () => {
    push.put(push.old('c1'), [1]);
    await scheduler.finish();
    push.put(push.old('c1'), [2]);
    await gathered();
    expect(seqs('c1')).toEqual([1]);
  });

  it('has one frame at a time under way to a connection', async () => {
    const answers: (() => void)[] = [];
    push.sockets.answer = () => new Promise((resolve) => answers.push(() => resolve('sent')));
    push.put(push.old('c1'), [1]);
    await gathered();
    for (const seq of [2, 3]) push.put(push.old('c1'), [seq]);
    await gathered();
    const finished = scheduler.finish();
    for (let underWay = 1; underWay === 1; await settled()) {
      underWay = answers.length;
      expect(underWay).toBeLessThan(2);
      answers.shift()?.();
    }
    expect(await finished).toEqual({ sent: 2, gone: 0, missed: 0 });
    expect(seqs('c1')).toEqual([1, 2, 3]);
  });

  it('sends the later events of others in time, though a socket hangs', async () => {
    let answer = () => {};
    push.sockets.answer = (connectionId) =>
      connectionId === 'hangs' ? new Promise((resolve) => (answer = () => resolve('sent'))) : 'sent';
    for (const name of ['hangs', 'c1']) push.put(push.old(name), [1]);
    await gathered();
    for (const name of ['hangs', 'c1']) push.put(push.old(name), [2]);
    await gathered();
    expect([seqs('hangs'), seqs('c1')]).toEqual([[], [1, 2]]);
    for (let at = 0; at < 2; at++) {
      answer();
      await settled();
    }
    expect(seqs('hangs')).toEqual([1, 2]);
    expect(await scheduler.finish()).toEqual({ sent: 4, gone: 0, missed: 0 });
  });

  it("keeps the order of a connection's events, though its first ones wait behind hundreds of sockets that hang", async () => {
    const answers: (() => void)[] = [];
    push.sockets.answer = (connectionId) =>
      connectionId === 'c1' ? 'sent' : new Promise((resolve) => answers.push(() => resolve('busy')));
    for (let at = 0; at < 200; at++) push.put(push.old(`hangs_${at}`), [1]);
    push.put(push.old('c1'), [1]);
    await gathered();
    push.put(push.old('c1'), [2]);
    push.put(push.old('c1'), [3]);
    await gathered();
    expect(seqs('c1')).toEqual([]);
    const finished = scheduler.finish();
    while (seqs('c1').length < 3) {
      for (const answer of answers.splice(0)) answer();
      await settled();
    }
    expect(seqs('c1')).toEqual([1, 2, 3]);
    while (answers.length > 0) {
      for (const answer of answers.splice(0)) answer();
      await settled();
    }
    expect(await finished).toMatchObject({ sent: 2, missed: 200 });
  });

  it('ends the connections that are over behind all pushes, so that no push waits for a throttled table', async () => {
    const order: string[] = [];
    push.sockets.answer = (connectionId) => (connectionId === 'gone' ? 'gone' : 'sent');
    push.lifecycle.gone = async ({ connectionId }) => void order.push(`${connectionId} is deleted`);
    push.lifecycle.close = async ({ connectionId }, code) => void order.push(`${connectionId} is closed: ${code}`);
    push.put(push.old('gone'), [1]);
    push.put({ ...push.old('over'), authExpiresAt: push.runtime.now() }, [1]);
    await gathered();
    expect(order).toEqual([]);
    push.put(push.old('gone'), [2]);
    push.put(push.old('c1'), [2]);
    expect(await scheduler.finish()).toEqual({ sent: 1, gone: 3, missed: 0 });
    expect(order.toSorted()).toEqual(['gone is deleted', 'over is closed: login_expired']);
  });

  it('ends connections for two seconds at most, and fails no batch when one cannot be ended', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const begun: string[] = [];
    push.sockets.answer = () => 'gone';
    push.lifecycle.gone = async ({ connectionId }) => {
      begun.push(connectionId);
      push.runtime.pass(100);
      throw new Error('busy');
    };
    for (let at = 0; at < 500; at++) push.put(push.old(`c${at}`), [1]);
    expect(await scheduler.finish()).toEqual({ sent: 0, gone: 500, missed: 0 });
    expect(begun.length).toBe(20);
    expect(warn).toHaveBeenCalledTimes(20);
  });
});
