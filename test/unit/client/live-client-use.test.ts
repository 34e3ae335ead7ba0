import { describe, expect, it, vi } from 'vitest';
import type { LiveItem } from '../../../client/index.ts';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

const MINUTE = 60_000;
const short = (item: LiveItem) => ('seq' in item ? item.seq : item.type);

/** Takes what a loop is given until it has so much. */
const take = async (loop: AsyncIterable<LiveItem>, count: number) => {
  const items: (number | string)[] = [];
  for await (const item of loop) {
    items.push(short(item));
    if (items.length === count) break;
  }
  return items;
};

describe('a loop over a LiveClient', () => {
  const server = newServer;
  const live = (onServer = server()) => LiveApp.live({}, onServer);

  it('gives events, gaps and relations in the order in which they happened', async () => {
    const app = await live();
    const taken = take(app.client, 5);
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.socket.push({ type: 'gap', channel: 'timeline' });
    app.server.publish([eventOf({ seq: 2 })]);
    app.server.socket.push({ type: 'relation', author: 'bob', follows: false, muted: false });
    app.server.publish([eventOf({ seq: 3 })]);
    expect(await taken).toEqual([1, 'gap', 2, 'relation', 3]);
  });

  it('ends with the client, after what it holds still', async () => {
    const app = await live();
    const taken = take(app.client, 9);
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    app.client.close();
    expect(await taken).toEqual([1, 2]);
    expect(await take(app.client, 9)).toEqual([]);
  });

  it('throws when the client fails', async () => {
    const app = await live();
    const taken = expect(take(app.client, 9)).rejects.toMatchObject({ code: 'replaced' });
    app.server.socket.push({ type: 'error', code: 'replaced', message: '' });
    await taken;
    await expect(take(app.client, 1)).rejects.toMatchObject({ code: 'replaced' });
  });

  it('begins after a failure and a reconnect, with what came before it', async () => {
    const app = await LiveApp.live({ onEvent: undefined as never });
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.socket.push({ type: 'error', code: 'replaced', message: '' });
    app.client.reconnect();
    await app.isLive();
    app.server.publish([eventOf({ seq: 2 })]);
    expect(await take(app.client, 2)).toEqual([1, 2]);
  });

  it('hears all that another hears', async () => {
    const app = await live();
    const both = Promise.all([take(app.client, 3), take(app.client, 3)]);
    app.server.publish([1, 2, 3].map((seq) => eventOf({ seq })));
    expect(await both).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('keeps nothing once it was left, and not more than a thousand before', async () => {
    const app = await live();
    const loop = app.client[Symbol.asyncIterator]();
    const left = app.client[Symbol.asyncIterator]();
    const waiting = left.next();
    await left.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    app.server.publish(Array.from({ length: 1_003 }, (_, at) => eventOf({ seq: at + 1 })));
    expect(await left.next()).toEqual({ value: undefined, done: true });
    // It was too slow: it reads anew, and goes on with what came after.
    expect(await take(loop, 3)).toEqual(['gap', 1_001, 1_002]);
  });

  it('has what came before it began, when nobody else listened', async () => {
    const app = await LiveApp.live({ onEvent: undefined as never });
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    expect(await take(app.client, 2)).toEqual([1, 2]);
  });
});

describe('LiveClient in the hands of an app', () => {
  it('has listeners that come and go', async () => {
    const app = await LiveApp.live();
    const told: unknown[] = [];
    const listener = ({ seq }: { seq: number }) => told.push(seq);
    app.client.on('event', listener).once('event', ({ seq }) => told.push(`once ${seq}`));
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    app.client.off('event', listener);
    app.server.publish([eventOf({ seq: 3 })]);
    expect(told).toEqual([1, 'once 1', 2]);
    app.client.on('event', listener).on('event', listener).once('event', listener);
    app.server.publish([eventOf({ seq: 4 }), eventOf({ seq: 5 })]);
    expect(told.slice(3)).toEqual([4, 4, 5]);
  });

  it('may be asked for something by what it tells, and goes on in order', async () => {
    const app = await LiveApp.live();
    const told: number[] = [];
    app.client.on('event', ({ seq }) => {
      told.push(seq);
      if (seq === 1) app.client.known([]);
      if (seq === 2) app.client.close();
    });
    app.server.publish([1, 2, 3].map((seq) => eventOf({ seq })));
    expect([told, app.client.state, app.states.at(-1)]).toEqual([[1, 2], 'closed', 'closed']);
  });

  it('goes on when a listener or the logger throws, and their errors are the app’s to see', async () => {
    const errors: Error[] = [];
    const onError = (error: Error) => errors.push(error);
    process.prependListener('uncaughtException', onError);
    const fail = (message: string) => {
      throw new Error(message);
    };
    const app = new LiveApp({ logger: fail, onEvent: ({ seq }) => fail(`${seq}`) });
    const told: number[] = [];
    app.client.on('event', ({ seq }) => told.push(seq));
    await app.isLive();
    app.server.publish([1, 2].map((seq) => eventOf({ seq })));
    await app.runtime.pass(0);
    process.removeListener('uncaughtException', onError);
    expect(told).toEqual([1, 2]);
    expect(errors.map(({ message }) => message)).toEqual(['The client is live', '1', '2']);
  });

  it('closes for good: its sockets, its timers, and what was still opening', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: MINUTE } });
    await app.runtime.until('a handover', () => app.server.sockets.length === 2);
    app.client.close();
    app.server.socket.emit('open');
    await app.runtime.pass(MINUTE);
    expect(app.server.sockets.every(({ isClosed }) => isClosed)).toBe(true);
    expect([app.server.sockets.length, app.runtime.pending]).toEqual([2, 0]);
    for (const socket of app.server.sockets) socket.push({ type: 'events', events: [eventOf({ seq: 1 })] });
    expect(app.seqs).toEqual([]);
    expect(app.states).toEqual(['live', 'closed']);
  });

  it('closes when its signal is aborted, also before it began', async () => {
    const abort = new AbortController();
    const app = await LiveApp.live({ signal: abort.signal });
    abort.abort();
    expect(app.client.state).toBe('closed');
    const never = new LiveApp({ signal: AbortSignal.abort() });
    await never.runtime.pass(MINUTE);
    expect([never.client.state, never.tickets]).toEqual(['closed', 0]);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const app = await LiveApp.live({ signal });
    app.client.close();
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });

  it('reconnects when it is told to, over a live connection too', async () => {
    const app = await LiveApp.live();
    app.client.reconnect();
    await app.isLive();
    expect(app.server.sockets).toHaveLength(2);
    expect(app.server.sockets[0]?.isClosed).toBe(true);
  });

  it('tells a logger what it does, with reasons and close codes', async () => {
    const lines: [string, object][] = [];
    const app = await LiveApp.live({ logger: (message, details) => lines.push([message, details]) });
    app.server.socket.cut(1001, 'Going away');
    expect(lines).toContainEqual(['A connection was closed', { link: 1, code: 1001, reason: 'Going away' }]);
    expect(lines).toContainEqual(['The client is waiting', {}]);
  });

  it('throws at once where there is no WebSocket, unless it is given one', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => new LiveApp({ openSocket: undefined } as never)).toThrow('no_websocket');
    expect(new LiveApp().client.state).toBe('connecting');
    vi.unstubAllGlobals();
  });

  it('outlives sockets that throw', async () => {
    const fake = newServer();
    let isBroken = true;
    const openSocket = (url: string, protocols: string[]) => {
      if (isBroken) throw new SyntaxError('No such scheme');
      return fake.openSocket(url, protocols);
    };
    const app = new LiveApp({ openSocket }, fake);
    await app.runtime.pass(MINUTE);
    expect(app.errors.at(-1)?.message).toContain('No such scheme');
    isBroken = false;
    await app.isLive();
    fake.socket.send = () => {
      throw new Error('Closing');
    };
    await app.runtime.pass(3 * MINUTE);
    expect(fake.sockets.length).toBeGreaterThan(1);
  });
});
