import { describe, expect, it } from 'vitest';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Within this time a dead socket is noticed once there is a reason to ask. */
const NOTICED_MS = 15 * SECOND;

describe('a dead socket', () => {
  const dies = async (options = {}) => {
    const app = await LiveApp.live(options);
    await app.runtime.pass(10 * SECOND);
    app.server.socket.isDead = true;
    return app;
  };
  const isReplaced = (app: LiveApp, withinMs: number) =>
    app.runtime.until('the next connection', () => app.server.sockets.length === 2, withinMs);
  // The wait before the next connection is not a part of noticing.
  const timings = { spreadMs: 0 };

  it('is noticed within 15 s of a change of the network, or of the page', async () => {
    const app = await dies({ timings });
    app.wake();
    await isReplaced(app, NOTICED_MS);
  });

  it('is noticed within 15 s of a sleep', async () => {
    const app = await dies({ timings });
    app.runtime.sleep(HOUR);
    await isReplaced(app, NOTICED_MS);
  });

  it('is noticed within 15 s of a subscribe, which succeeds on the next connection', async () => {
    const app = await dies({ timings });
    const subscribed = app.client.subscribe('topic:tea');
    await isReplaced(app, NOTICED_MS);
    await app.isLive();
    await subscribed;
    expect(app.server.channels('subscribe')).toEqual(['topic:tea']);
  });

  it('is noticed within 15 s of check(), which the next connection answers', async () => {
    const app = await dies({ timings });
    const checked = app.client.check();
    await isReplaced(app, NOTICED_MS);
    await app.runtime.pass(SECOND);
    await checked;
  });

  it('is noticed within two minutes otherwise, or the time that is configured', async () => {
    await isReplaced(await dies({ timings }), 2 * MINUTE);
    await isReplaced(await dies({ timings: { ...timings, silenceMs: 20 * SECOND } }), 21 * SECOND);
  });

  it('is not assumed when an answer is late but other frames come', async () => {
    const app = await LiveApp.live();
    app.server.answer = (frame) => (frame.action === 'check' ? undefined : app.server.usualAnswer(frame));
    void app.client.check().catch(() => {});
    await app.runtime.pass(MINUTE);
    expect(app.server.sockets).toHaveLength(1);
    expect(app.states).toEqual(['live']);
  });

  it('is not assumed when API Gateway answers with a frame of its own', async () => {
    const app = await LiveApp.live();
    app.server.socket.push({ message: 'Internal server error', connectionId: 'abc=', requestId: 'def' });
    app.server.socket.push({ message: 'Forbidden', connectionId: 'abc=', requestId: 'def' });
    app.server.socket.emit('message', { data: 'no JSON' });
    app.server.socket.emit('message', { data: '7' });
    app.server.publish([eventOf({ seq: 1 })]);
    expect(app.seqs).toEqual([1]);
    expect(app.states).toEqual(['live']);
    expect(app.errors.map(({ code }) => code)).toEqual(['gateway', 'gateway', 'unreadable_frame', 'unreadable_frame']);
  });

  it('is not assumed when the clock is set back, and no timer waits longer', async () => {
    const app = await LiveApp.live();
    app.runtime.setBack(HOUR);
    app.server.socket.push({ type: 'events', events: [eventOf({ seq: 1 }), eventOf({ seq: 3 })] });
    await app.runtime.pass(MINUTE);
    expect(app.seqs).toEqual([1, 3]);
    await app.runtime.pass(4 * MINUTE);
    expect(app.server.frames('ping')).toHaveLength(1);
    expect(app.states).toEqual(['live']);
  });
});

describe('the return of the network', () => {
  it('ends the wait for the next attempt', async () => {
    const app = await LiveApp.live();
    app.server.handshake = 'refuse';
    app.server.socket.cut();
    await app.runtime.pass(5 * MINUTE);
    await app.runtime.until('a wait', () => app.client.state === 'waiting');
    app.server.handshake = 'accept';
    app.wake();
    await app.runtime.pass(100);
    expect(app.client.state).toBe('live');
  });

  it('makes a live connection ask at once what was missed', async () => {
    const app = await LiveApp.live();
    app.server.missed = ['timeline'];
    app.server.stored.push(eventOf({ seq: 1 }));
    app.wake();
    await app.hears(1);
  });
});
