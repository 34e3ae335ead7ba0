import { describe, expect, it } from 'vitest';
import type { TicketRequest } from '../../../client/index.ts';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const unauthorized = (status: number) => Object.assign(new Error(String(status)), { status });

describe('LiveClient across connections', () => {
  it('connects again after a lost connection, with a new ticket, and tells its states', async () => {
    const app = await LiveApp.live();
    app.server.socket.cut(1001, 'Going away');
    expect(app.client.state).toBe('waiting');
    await app.isLive();
    expect(app.server.urls[1]).toContain('ticket=ticket%2F2');
    expect(app.states).toEqual(['live', 'waiting', 'connecting', 'live']);
    expect(app.errors.map(({ code, message }) => [code, message])).toEqual([
      ['disconnected', 'disconnected 1001 Going away'],
    ]);
  });

  it('subscribes again and replays the events that were missed while disconnected, each once', async () => {
    const app = await LiveApp.live({ channels: ['author:bob'] });
    const bobs = (seq: number) => eventOf({ author: 'bob', seq, channels: ['author:bob'] });
    app.server.publish([eventOf({ seq: 1 }), bobs(1)]);
    app.server.socket.cut();
    app.server.stored.push(eventOf({ seq: 2 }), bobs(2), bobs(3));
    await app.isLive();
    expect([app.numbersOf('alice'), app.numbersOf('bob')]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
    expect(app.server.channels('subscribe')).toEqual(['author:bob']);
    expect(app.gaps).toEqual([]);
  });

  it('starts the next replay before the events that came while it was still catching up', async () => {
    const app = await LiveApp.live({ channels: ['author:carol'] });
    const { server } = app;
    server.publish([eventOf({ author: 'carol', seq: 1 })]);
    server.socket.cut();
    server.stored.push(eventOf({ author: 'bob', seq: 7 }), eventOf({ author: 'bob', seq: 8 }));
    const fresh = eventOf({ author: 'carol', seq: 2, madeAt: START + 20 * MINUTE });
    server.answer = (frame, socket) => {
      // Presence is known by now, so pushes come, while the client still subscribes.
      if (frame.action === 'subscribe') {
        server.stored.push(fresh);
        socket.push({ type: 'events', events: [fresh] });
      }
      return server.usualAnswer(frame);
    };
    await app.hears(4);
    expect(app.numbersOf('bob')).toEqual([7, 8]);
    expect(app.numbersOf('carol')).toEqual([1, 2]);
  });

  it('holds the first event of an author until the replay, when the connection is lost in between', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 8 })]);
    app.server.stored.push(eventOf({ seq: 7 }));
    app.server.socket.cut();
    await app.hears(2);
    expect(app.seqs).toEqual([7, 8]);
  });

  it('subscribes to 100 channels, and replays them, by a few frames', async () => {
    const channels = Array.from({ length: 100 }, (_, at) => `author:somebody_${at}`);
    const app = await LiveApp.live({ channels });
    expect(app.server.socket.sent.map(({ action }) => action)).toEqual(['check', 'subscribe']);
    await app.reconnects();
    expect(new Set(app.server.channels('resume'))).toEqual(new Set(['timeline', ...channels]));
    expect(app.server.socket.sent.length).toBeLessThanOrEqual(6);
    const longest = Math.max(...app.server.socket.sent.map((frame) => Buffer.byteLength(JSON.stringify(frame))));
    expect(longest).toBeLessThan(4 * 1024);
  });

  it('takes a few frames for 100 topics that are subscribed one by one, and for their replays', async () => {
    let random = 1;
    const app = await LiveApp.live(
      {},
      newServer(() => (random = (random * 48_271) % 2_147_483_647) / 2_147_483_647),
    );
    const { socket } = app.server;
    const before = socket.sent.length;
    const all = Array.from({ length: 100 }, (_, at) => app.client.subscribe(`topic:${at}`));
    await app.runtime.pass(10_000);
    await Promise.all(all);
    const sent = socket.sent.slice(before).map(({ action }) => action);
    // A frame takes at most 4 KB.
    expect(sent).toEqual(['subscribe', 'resume', 'resume']);
    expect(new Set(app.server.channels('resume', socket)).size).toBe(100);
  });

  it('waits longer before each attempt, up to a limit, until the server accepts it', async () => {
    const server = newServer();
    server.handshake = 'refuse';
    const app = new LiveApp({ timings: { backoffBaseMs: 1_000, backoffCapMs: 8_000 } }, server);
    await app.runtime.pass(MINUTE);
    const times = server.sockets.map(({ openedAt }) => openedAt);
    const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 100) / 10);
    // A random share in each, at 0.5 here.
    expect(waits.slice(0, 6)).toEqual([1, 1.5, 3, 6, 6, 6]);
    server.handshake = 'accept';
    await app.isLive();
  });

  it('waits longer after each short connection, and starts with a short wait after a long one', async () => {
    const app = await LiveApp.live();
    const timeToReturn = async () => {
      const startedAt = app.runtime.now();
      await app.reconnects();
      return app.runtime.now() - startedAt;
    };
    const first = await timeToReturn();
    for (let round = 0; round < 6; round++) await timeToReturn();
    expect(await timeToReturn()).toBeGreaterThan(5 * first);
    await app.runtime.pass(MINUTE);
    expect(await timeToReturn()).toBeLessThan(2 * first);
  });

  it('gives up a handshake without an answer', async () => {
    const server = newServer();
    server.handshake = 'ignore';
    const app = new LiveApp({}, server);
    await app.runtime.pass(10 * SECOND);
    server.handshake = 'accept';
    await app.isLive();
    expect(server.sockets[0]?.isClosed).toBe(true);
    expect(app.errors[0]?.code).toBe('no_answer');
  });
});

describe('a ticket', () => {
  it('whose function throws at once is asked for again', async () => {
    let isBroken = true;
    const ticket = () => {
      if (isBroken) throw new Error('No token');
      return Promise.resolve('t');
    };
    const app = new LiveApp({ ticket });
    await app.runtime.pass(10);
    expect([app.client.state, app.errors.map(({ code }) => code)]).toEqual(['waiting', ['no_ticket']]);
    isBroken = false;
    await app.isLive();
  });

  it('that never comes is given up, and another one is asked for', async () => {
    let calls = 0;
    const ticket = () => (++calls < 3 ? new Promise<string>(() => {}) : Promise.resolve('late'));
    const app = await LiveApp.live({ ticket });
    expect(app.states).toContain('waiting');
    expect(app.server.sockets).toHaveLength(1);
  });

  it('is asked for again when the app could not get one, and the app is told why', async () => {
    let fails = 2;
    const ticket = async () => {
      if (fails-- > 0) throw unauthorized(503);
      return 'late';
    };
    const app = await LiveApp.live({ ticket });
    expect(app.states).toEqual(['waiting', 'connecting', 'waiting', 'connecting', 'live']);
    expect(app.errors.map(({ code, cause }) => [code, String(cause)])).toEqual(
      Array(2).fill(['no_ticket', 'Error: 503']),
    );
  });

  it.each([401, 403])('that is refused with %i ends the client; reconnect() begins anew', async (status) => {
    let isSignedIn = false;
    const ticket = async () => {
      if (!isSignedIn) throw unauthorized(status);
      return 't';
    };
    const app = new LiveApp({ ticket });
    await app.runtime.pass(HOUR);
    expect([app.client.state, app.client.reason]).toEqual(['failed', 'signed_out']);
    expect(app.errors).toHaveLength(1);
    await expect(app.client.subscribe('all')).rejects.toMatchObject({ code: 'signed_out' });
    isSignedIn = true;
    app.client.reconnect();
    await app.isLive();
    expect(app.client.reason).toBeUndefined();
  });

  it('that says when the login ends makes the next connection take over before that', async () => {
    let logins = 0;
    const ticket = async () => ({
      ticket: `t${++logins}`,
      loginExpiresAt: new Date(START + logins * 10 * MINUTE).toISOString(),
    });
    const app = await LiveApp.live({ ticket });
    await app.runtime.pass(8 * MINUTE);
    expect(app.server.sockets).toHaveLength(1);
    await app.runtime.pass(1.1 * MINUTE);
    expect(app.server.sockets).toHaveLength(2);
    expect(app.states).toEqual(['live']);
    await app.runtime.pass(10 * MINUTE);
    expect(app.server.sockets).toHaveLength(3);
  });

  it('asks for a new login before the old one ends, and only once when the app has no other', async () => {
    const asked: boolean[] = [];
    const ticket = async ({ forceRefresh }: TicketRequest) => {
      asked.push(forceRefresh);
      return { ticket: 't', loginExpiresAt: START + (asked.length > 2 ? HOUR : 60 * SECOND) };
    };
    const app = await LiveApp.live({ ticket });
    await app.runtime.pass(5 * MINUTE);
    const at = app.server.sockets.map(({ openedAt }) => Math.round((openedAt - START) / SECOND));
    expect(at).toEqual([0, 30]);
    app.server.socket.push({ type: 'error', code: 'login_expired', message: '' });
    await app.isLive();
    expect(asked).toEqual([false, true, true]);
  });
});

describe('an error before the server closes a connection', () => {
  it('says that younger connections have replaced it: the client does not reconnect', async () => {
    const app = await LiveApp.live();
    app.server.socket.push({ type: 'error', code: 'replaced', message: 'Younger connections' });
    app.server.socket.cut(1000);
    await app.runtime.pass(HOUR);
    expect(app.server.sockets).toHaveLength(1);
    expect([app.client.state, app.client.reason]).toEqual(['failed', 'replaced']);
  });

  it('says that the user has signed out everywhere: the client fails', async () => {
    const app = await LiveApp.live();
    app.server.socket.push({ type: 'error', code: 'signed_out', message: '' });
    expect([app.client.state, app.client.reason]).toEqual(['failed', 'signed_out']);
  });

  it.each(['login_expired', 'not_connected'])('%s: the next connection comes with a new ticket', async (code) => {
    const app = await LiveApp.live();
    app.server.socket.push({ type: 'error', code, message: '' });
    await app.isLive();
    expect(app.tickets).toBe(2);
    expect(app.errors.map((error) => error.code)).toEqual([code]);
  });

  it.each([1003, 1008, 1009, 4001])('is the close code %i: the client is refused, and fails', async (code) => {
    const app = await LiveApp.live();
    app.server.socket.cut(code, 'No');
    await app.runtime.pass(HOUR);
    expect([app.client.state, app.client.reason, app.server.sockets.length]).toEqual(['failed', 'refused', 1]);
  });
});

describe('many clients', () => {
  it('that lose their connections together come back spread over 10 s, with at most six frames each', {
    timeout: 60_000,
  }, async () => {
    // `CLIENTS=10000` tests more clients.
    const COUNT = Number(process.env.CLIENTS ?? 2_000);
    const server = newServer(Math.random);
    const timings = { spreadMs: 10 * SECOND };
    const apps: LiveApp[] = [];
    for (let n = 0; n < COUNT; n++) apps.push(new LiveApp({ channels: ['author:alice'], timings }, server));
    await server.runtime.pass(SECOND);
    expect(apps.every(({ client }) => client.state === 'live')).toBe(true);
    server.publish([eventOf({ seq: 1, channels: ['author:alice'] })]);
    const before = server.sockets.length;
    const cutAt = server.runtime.now();
    for (const socket of server.sockets.slice()) socket.cut();
    server.stored.push(eventOf({ seq: 2, channels: ['author:alice'] }));
    await server.runtime.pass(MINUTE);
    const back = server.sockets.slice(before);
    expect(back).toHaveLength(COUNT);
    expect(apps.every(({ seqs }) => seqs.join() === '1,2')).toBe(true);
    expect(Math.max(...back.map(({ sent }) => sent.length))).toBeLessThanOrEqual(6);
    const tenths = Map.groupBy(back, ({ openedAt }) => Math.floor((openedAt - cutAt) / SECOND));
    expect(tenths.size).toBeGreaterThanOrEqual(10);
    for (const opened of tenths.values()) expect(opened.length).toBeLessThan(COUNT / 8);
  });
});
