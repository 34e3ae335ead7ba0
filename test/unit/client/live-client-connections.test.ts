import { afterEach, describe, expect, it } from 'vitest';
import type { Options } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const apps: LiveApp[] = [];

const begin = (options: Partial<Options> = {}, server = new FakeServer()): LiveApp => {
  const app = new LiveApp(options, server);
  apps.push(app);
  return app;
};

const start = async (options: Partial<Options> = {}): Promise<LiveApp> => {
  const app = begin(options);
  await app.isLive();
  return app;
};

const hasSockets = (app: LiveApp, count: number) =>
  waitFor(`${count} sockets`, () => app.server.sockets.length >= count, 2_000);

afterEach(() => {
  for (const { client } of apps.splice(0)) client.close();
});

describe('LiveClient across connections', () => {
  it('connects again after a cut, with a ticket of its own, and says so', async () => {
    const app = await start();
    app.server.socket.cut();
    expect(app.client.state).toBe('waiting');
    await app.isLive();
    expect(app.server.urls[1]).toContain('ticket=ticket%2F2');
    expect(app.states).toEqual(['live', 'waiting', 'connecting', 'live']);
  });

  it('subscribes again and replays what the cut has hidden, each event once', async () => {
    const app = await start({ channels: ['author:bob'] });
    const bobs = (seq: number) => eventOf({ author: 'bob', seq, channels: ['author:bob'] });
    app.server.publish([eventOf({ seq: 1 }), bobs(1)]);
    app.server.socket.cut();
    app.server.stored.push(eventOf({ seq: 2 }), bobs(2), bobs(3));
    await app.hears(5);
    await app.isLive();
    expect(app.events.map(({ author, seq }) => `${author} ${seq}`)).toEqual([
      'alice 1',
      'bob 1',
      'alice 2',
      'bob 2',
      'bob 3',
    ]);
    expect(app.server.frames('subscribe').map(({ channel }) => channel)).toEqual(['author:bob']);
    const since = app.server.frames('resume').map((frame) => frame.since);
    expect(since).toEqual([eventOf({ seq: 1 }).thoughtId, bobs(1).thoughtId]);
    expect(app.gaps).toEqual([]);
  });

  it('resumes from the newest thought, not from the last of which it has heard', async () => {
    const app = await start();
    const newest = eventOf({ seq: 1 });
    app.server.publish([newest, eventOf({ seq: 2, version: 2, madeAt: START })]);
    app.server.socket.cut();
    await app.isLive();
    expect(app.server.frames('resume')).toMatchObject([{ since: newest.thoughtId }]);
  });

  it('lets the first event of an author wait for the replay, when the cut comes between', async () => {
    const app = await start({ timings: { backoffBaseMs: 100, backoffCapMs: 100 } });
    app.server.publish([eventOf({ seq: 8 })]);
    app.server.stored.push(eventOf({ seq: 7 }));
    app.server.socket.cut();
    await app.hears(2);
    expect(app.seqs).toEqual([7, 8]);
  });

  it('tries longer and longer apart, up to a limit, until the server lets it in', async () => {
    const server = new FakeServer();
    server.handshake = 'refuse';
    const app = begin({ timings: { backoffBaseMs: 20, backoffCapMs: 80 } }, server);
    await hasSockets(app, 7);
    const times = server.sockets.map(({ openedAt }) => openedAt);
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    // With `random` at 0 a wait is half of base · 2^n; timers may be a millisecond early.
    for (const [at, least] of [10, 20, 40, 40, 40, 40].entries()) expect(waits[at]).toBeGreaterThan(least - 2);
    expect(waits[5]).toBeLessThan(10 * 32);
    server.handshake = 'accept';
    await app.isLive();
    expect(app.states).not.toContain('closed');
  });

  it('waits longer after each connection that did not hold, and starts again with short waits after one that did', async () => {
    const app = await start({ timings: { backoffBaseMs: 10, backoffCapMs: 400, pingMs: 50 } });
    const timeToReturn = async () => {
      const startedAt = performance.now();
      app.server.socket.cut();
      await app.isLive();
      return performance.now() - startedAt;
    };
    let afterMany = 0;
    for (let round = 0; round < 7; round++) afterMany = await timeToReturn();
    await waitFor('it to hold', () => app.server.frames('ping').length >= 11, 2_000);
    expect(await timeToReturn()).toBeLessThan(afterMany / 2);
  });

  it('tries again when there is no ticket to be had', async () => {
    let fails = 2;
    const ticket = async () => {
      if (fails-- > 0) throw new Error('503');
      return 'late';
    };
    const app = await start({ ticket });
    expect(app.states).toEqual(['waiting', 'connecting', 'waiting', 'connecting', 'live']);
    expect(app.server.sockets).toHaveLength(1);
  });

  it('gives a connection up whose server has stopped answering', async () => {
    const app = await start({ timings: { pingMs: 10, answerMs: 20 } });
    const [dead] = app.server.sockets;
    if (dead) dead.isDead = true;
    app.server.answer = (frame, socket) => (socket === dead ? undefined : app.server.usualAnswer(frame));
    await hasSockets(app, 2);
    await app.isLive();
    expect(dead?.isClosed).toBe(true);
  });

  it('gives a handshake up that nobody answers', async () => {
    const server = new FakeServer();
    server.handshake = 'ignore';
    const app = begin({ timings: { answerMs: 20 } }, server);
    await hasSockets(app, 2);
    server.handshake = 'accept';
    await app.isLive();
  });

  it('hands over to its next connection before the limit, without a loss or a double', async () => {
    const app = await start({ timings: { lifetimeMs: 30, overlapMs: 100 } });
    const [first] = app.server.sockets;
    app.server.publish([eventOf({ seq: 1 })]);
    await hasSockets(app, 2);
    const both = app.server.sockets.slice(0, 2);
    // The first part comes by the old one only, the next by both, the rest by the new one only.
    app.server.publish([eventOf({ seq: 2 })], both.slice(0, 1));
    await waitFor('the successor to resume', () => app.server.frames('resume', both[1]).length > 0, 2_000);
    app.server.publish([eventOf({ seq: 3 })], both);
    await waitFor('the old one to be closed', () => first?.isClosed === true, 2_000);
    app.server.publish([eventOf({ seq: 4 })]);
    await app.hears(4);
    expect(app.seqs).toEqual([1, 2, 3, 4]);
    expect(app.states).toEqual(['live']);
    expect(app.gaps).toEqual([]);
  });

  it('keeps the old connection while its successor is refused', async () => {
    const app = await start({ timings: { lifetimeMs: 20, backoffBaseMs: 2 } });
    app.server.handshake = 'refuse';
    await hasSockets(app, 3);
    const [first] = app.server.sockets;
    expect(first?.isClosed).toBe(false);
    if (first) app.server.publish([eventOf({ seq: 1 })], [first]);
    expect(app.seqs).toEqual([1]);
    app.server.handshake = 'accept';
    await waitFor('the handover', () => first?.isClosed === true, 2_000);
    expect(app.states).toEqual(['live']);
  });

  it('leaves no socket and no timer behind when it is closed in the middle of a handover', async () => {
    const app = await start({ timings: { lifetimeMs: 10, overlapMs: 60_000 } });
    await hasSockets(app, 2);
    await waitFor('the handover', () => app.server.frames('resume').length > 0, 2_000);
    app.client.close();
    await waitFor('all sockets to be closed', () => app.server.sockets.every(({ isClosed }) => isClosed), 2_000);
    for (const socket of app.server.sockets) socket.push({ type: 'events', events: [eventOf({ seq: 1 })] });
    expect(app.seqs).toEqual([]);
  });
});
