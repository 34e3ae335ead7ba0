import { afterEach, describe, expect, it } from 'vitest';
import { FrameError, LiveClient, type Options, type ThoughtEvent } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

const clients: LiveClient[] = [];

const start = async (options: Partial<Options> = {}): Promise<LiveApp> => {
  const app = new LiveApp(options);
  clients.push(app.client);
  await app.isLive();
  return app;
};

const reconnect = async (app: LiveApp): Promise<void> => {
  app.server.socket.cut();
  await app.isLive();
};

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

describe('LiveClient in the hands of an app', () => {
  it('subscribes when asked, and keeps the subscription across connections', async () => {
    const app = await start();
    await app.client.subscribe('author:bob');
    expect(app.server.frames('subscribe')).toMatchObject([{ channel: 'author:bob' }]);
    await reconnect(app);
    expect(app.server.frames('subscribe')).toMatchObject([{ channel: 'author:bob' }]);
    expect(app.server.frames('resume').map(({ channel }) => channel)).toEqual(['timeline', 'author:bob']);
  });

  it('keeps a channel under the name that the server gives it', async () => {
    const app = await start();
    app.server.answer = (frame) =>
      frame.channel === 'topic:AWS'
        ? { type: 'ack', action: frame.action, channel: 'topic:aws' }
        : app.server.usualAnswer(frame);
    await app.client.subscribe('topic:AWS');
    const event = eventOf({ seq: 1, channels: ['topic:aws'] });
    app.server.publish([event]);
    await reconnect(app);
    expect(app.server.frames('resume')).toMatchObject([{}, { channel: 'topic:aws', since: event.thoughtId }]);
  });

  it('does not keep a channel that the server refuses', async () => {
    const app = await start();
    app.server.answer = (frame) =>
      frame.action === 'subscribe'
        ? { type: 'error', code: 'unknown_channel', message: 'None' }
        : app.server.usualAnswer(frame);
    const subscribing = app.client.subscribe('nowhere');
    await expect(subscribing).rejects.toBeInstanceOf(FrameError);
    await expect(subscribing).rejects.toMatchObject({ code: 'unknown_channel' });
    await reconnect(app);
    expect(app.server.frames('subscribe')).toEqual([]);
  });

  it('forgets a channel when it is unsubscribed', async () => {
    const app = await start({ channels: ['all'] });
    await app.client.unsubscribe('all');
    expect(app.server.frames('unsubscribe')).toMatchObject([{ channel: 'all' }]);
    await reconnect(app);
    expect(app.server.frames('subscribe')).toEqual([]);
    expect(app.server.frames('resume').map(({ channel }) => channel)).toEqual(['timeline']);
  });

  it('gives its events to a loop until it is closed', async () => {
    const server = new FakeServer();
    const client = new LiveClient({ url: 'wss://x', ticket: async () => 't', openSocket: server.openSocket });
    clients.push(client);
    await waitFor('the client to be live', () => client.state === 'live', 2_000);
    const seen: number[] = [];
    const loop = (async () => {
      for await (const { seq } of client) seen.push(seq);
    })();
    server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    await waitFor('two events', () => seen.length === 2, 2_000);
    server.publish([eventOf({ seq: 3 })]);
    await waitFor('the third', () => seen.length === 3, 2_000);
    client.close();
    await loop;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('keeps what came before the loop began, and gives it even after it was closed', async () => {
    const server = new FakeServer();
    const client = new LiveClient({ url: 'wss://x', ticket: async () => 't', openSocket: server.openSocket });
    clients.push(client);
    await waitFor('the client to be live', () => client.state === 'live', 2_000);
    server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]);
    client.close();
    const seen: ThoughtEvent[] = [];
    for await (const event of client) seen.push(event);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('closes for good: the socket too, and nothing connects again', async () => {
    const app = await start();
    app.client.close();
    expect(app.server.socket.isClosed).toBe(true);
    expect(app.client.state).toBe('closed');
    app.server.socket.cut();
    const other = await start();
    await reconnect(other);
    expect(app.server.sockets).toHaveLength(1);
    expect(app.states).toEqual(['live', 'closed']);
  });

  it('closes the socket that was still opening when it was closed', async () => {
    const server = new FakeServer();
    server.handshake = 'ignore';
    const app = new LiveApp({}, server);
    await waitFor('a socket', () => server.sockets.length === 1, 2_000);
    app.client.close();
    server.socket.emit('open');
    await waitFor('it to be closed', () => server.socket.isClosed, 2_000);
    expect(app.states).toEqual(['closed']);
  });
});
