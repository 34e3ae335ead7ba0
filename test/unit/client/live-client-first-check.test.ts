import { describe, expect, it } from 'vitest';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf, messageOf } from '../../support/live-events.ts';

const MINUTE = 60_000;

const one = (seq: number) => messageOf({ conversation: 'c1', seq });
const seqsOf = (app: LiveApp) => app.messages.map(({ seq }) => seq);

/** The conversations of the first check are those that the app begins with. */
describe('the messages of a conversation', () => {
  it('from before the first connection are left to the app to read', async () => {
    const server = new LiveApp().server;
    server.tell([one(1), one(2)], true);
    const app = await LiveApp.live({}, server);
    await app.runtime.pass(MINUTE);
    server.tell([one(3)]);
    expect(seqsOf(app)).toEqual([3]);
    expect(app.gaps).toEqual([]);
  });

  it('that were lost before the first check with numbers are told as a gap: the fan-out was late at the checks before', async () => {
    const app = new LiveApp();
    const { server } = app;
    server.tell([one(1)], true);
    server.answer = (frame) =>
      frame.action === 'check'
        ? { type: 'pong', at: new Date(app.runtime.now()).toISOString() }
        : server.usualAnswer(frame);
    await app.isLive();
    server.tell([one(2)], true);
    server.answer = server.usualAnswer;
    await app.reconnects();
    await app.runtime.pass(5_000);
    expect(app.gaps).toContainEqual({ channel: 'conversation:c1' });
    const told = app.gaps.length;
    await app.reconnects();
    await app.runtime.pass(5_000);
    expect(app.gaps).toHaveLength(told);
  });

  it('that were lost before the first push of a conversation are told as a gap when no check had numbers yet', async () => {
    const app = new LiveApp();
    const { server } = app;
    server.answer = (frame) =>
      frame.action === 'check'
        ? { type: 'pong', at: new Date(app.runtime.now()).toISOString() }
        : server.usualAnswer(frame);
    await app.isLive();
    server.socket.cut();
    server.tell([one(1)], true);
    await app.isLive();
    await app.runtime.pass(5_000);
    // A replay does not go back so far.
    server.messages.length = 0;
    server.tell([one(2)]);
    server.answer = server.usualAnswer;
    await app.runtime.pass(MINUTE);
    expect([seqsOf(app), app.gaps]).toEqual([[2], [{ channel: 'conversation:c1' }]]);
  });

  it('of an old conversation are no gap when one is pushed just before the first check names the conversation', async () => {
    const app = new LiveApp();
    const { server } = app;
    server.tell([one(1), one(2)], true);
    server.messages.length = 0;
    server.answer = (frame, socket) => {
      if (frame.action === 'check') socket.push({ type: 'messages', events: [one(3)] });
      return server.usualAnswer(frame);
    };
    await app.isLive();
    await app.runtime.pass(MINUTE);
    expect([seqsOf(app), app.gaps]).toEqual([[3], []]);
  });

  it('that were lost after a start from a `since` are asked for', async () => {
    const app = new LiveApp({ since: eventOf({ seq: 1 }).id });
    const { server } = app;
    server.tell([messageOf({ conversation: 'c2', seq: 1 })], true);
    await app.isLive();
    await app.runtime.pass(1_000);
    server.tell([one(1)], true);
    server.tell([one(2)]);
    await app.runtime.pass(2_000);
    expect([seqsOf(app), server.frames('check').length]).toEqual([[1, 2], 1]);
    expect(app.gaps, 'the app may have missed a follow, and no message').toEqual([{ channel: 'timeline' }]);
  });

  it('that were lost after a start from a `since` are told as a gap, also when the first check was never answered', async () => {
    const app = new LiveApp({ since: eventOf({ seq: 1 }).id });
    const { server } = app;
    server.answer = (frame) => (frame.action === 'check' ? undefined : server.usualAnswer(frame));
    await app.isLive();
    server.answer = server.usualAnswer;
    server.tell([one(1)], true);
    await app.reconnects();
    await app.runtime.pass(5_000);
    expect(app.gaps).toContainEqual({ channel: 'conversation:c1' });
  });
});
