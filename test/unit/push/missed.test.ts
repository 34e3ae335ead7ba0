import { describe, expect, it, vi } from 'vitest';
import { Courier } from '../../../src/push/courier.ts';
import { createPush } from '../../support/push-run.ts';

const createRun = (mark: (cid: string, channels: string[]) => Promise<void>) => {
  const push = createPush();
  const { runtime, outbox, pusher } = push;
  return { push, courier: new Courier({ pusher, outbox, now: runtime.now, deadline: runtime.now() + 60_000, mark }) };
};

describe('a push that was missed', () => {
  it('is marked on its connection, once for a batch, with all channels that it was for', async () => {
    const marks: [string, string[]][] = [];
    const { push, courier } = createRun(async (cid, channels) => void marks.push([cid, channels]));
    push.sockets.answer = (cid) => (cid === 'c1' ? 'busy' : 'sent');
    push.put(push.old('c1'), [1]);
    push.put(push.old('c2'), [1]);
    push.runtime.pass(300);
    courier.look();
    push.put(push.old('c1'), [2]);
    push.outbox.addGap(push.old('c1'), 'all');
    await courier.finish();
    expect(marks).toEqual([['c1', ['timeline', 'all']]]);
  });

  it('does no harm when it can not be marked', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { push, courier } = createRun(async () => {
      throw new Error('busy');
    });
    push.sockets.answer = () => 'busy';
    push.put(push.old('c1'), [1]);
    expect(await courier.finish()).toMatchObject({ missed: 1 });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
