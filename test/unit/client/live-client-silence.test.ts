import { afterEach, describe, expect, it } from 'vitest';
import type { FrameError, Options } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const MINUTE = 60_000;
const apps: LiveApp[] = [];
afterEach(() => {
  for (const { client } of apps.splice(0)) client.close();
});

const start = async (options: Partial<Options> = {}, server = new FakeServer()): Promise<LiveApp> => {
  const app = new LiveApp(options, server);
  apps.push(app);
  await app.isLive();
  return app;
};
const numbersOf = ({ events }: LiveApp, name: string) =>
  events.filter(({ author }) => author === name).map(({ seq }) => seq);

describe('what silence hides from a LiveClient', () => {
  it('is replayed from before the cut, though something new comes before the replay has begun', async () => {
    const app = await start({ channels: ['author:carol'] });
    const { server } = app;
    server.publish([eventOf({ author: 'carol', seq: 1 })]);
    await app.hears(1);
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
    expect(numbersOf(app, 'bob')).toEqual([7, 8]);
    expect(numbersOf(app, 'carol')).toEqual([1, 2]);
  });

  it('is found by counting: a thought of an author not heard before, behind which others have come', async () => {
    const app = await start({ timings: { pingMs: 30 } });
    const { server } = app;
    server.stored.push(eventOf({ author: 'bob', seq: 5 }));
    server.publish([eventOf({ author: 'alice', seq: 1, madeAt: START + 10 * MINUTE })]);
    await app.hears(2);
    expect(numbersOf(app, 'bob')).toEqual([5]);
    const resumes = server.frames('resume').length;
    const pings = server.frames('ping').length;
    await waitFor('more pings', () => server.frames('ping').length > pings + 3, 2_000);
    expect(server.frames('resume')).toHaveLength(resumes);
  });

  it('may be a change of an older thought of a topic: after a cut its list is to be read anew', async () => {
    const app = await start({ channels: ['topic:aws', 'author:bob'] });
    expect(app.gaps).toEqual([]);
    app.server.socket.cut();
    await app.isLive();
    expect(app.gaps).toEqual([{ channel: 'topic:aws' }]);
  });
});

describe('a hole that cannot be asked for', () => {
  it('is asked for at leisure while the server is too busy to answer', async () => {
    const app = await start({ timings: { holeMs: 20 } });
    const { server } = app;
    const startedAt = performance.now();
    server.answer = (frame) =>
      frame.action === 'resume' ? { type: 'error', code: 'busy', message: 'Busy' } : server.usualAnswer(frame);
    server.socket.push({ type: 'events', events: [eventOf({ seq: 1 }), eventOf({ seq: 3 })] });
    await waitFor('some tries', () => server.frames('resume').length >= 4, 2_000);
    expect(performance.now() - startedAt).toBeGreaterThan(3 * 20);
  });
});

describe('what only looks like silence', () => {
  it('is no gap: an event that a ping has counted and that is on its way', async () => {
    const app = await start({ timings: { pingMs: 20, holeMs: 30, newcomerMs: 30 } });
    const { server } = app;
    await app.client.subscribe('author:carol');
    const event = eventOf({ author: 'carol', seq: 5, channels: ['author:carol'] });
    let isCounted = false;
    server.answer = (frame, socket) => {
      const answer = server.usualAnswer(frame);
      if (answer.type !== 'pong' || isCounted) return answer;
      isCounted = true;
      setImmediate(() => socket.push({ type: 'events', events: [event] }));
      return { ...answer, seqs: { carol: 5 } };
    };
    await app.hears(1);
    expect(app.gaps).toEqual([]);
  });

  it('is no gap again and again: the last thought of a quiet channel, long forgotten', async () => {
    const app = await start({ channels: ['topic:quiet'], timings: { pingMs: 20 } });
    const { server } = app;
    server.publish([eventOf({ author: 'dave', seq: 1, channels: ['topic:quiet'] })]);
    await app.hears(1);
    const many = Array.from({ length: 2_100 }, (_, at) => eventOf({ seq: at + 1, madeAt: START + 600_000 + at }));
    server.publish(many);
    await app.hears(2_101);
    server.now = START + 60 * MINUTE;
    const pings = server.frames('ping').length;
    await waitFor('a ping', () => server.frames('ping').length > pings + 1, 2_000);
    server.socket.cut();
    await app.isLive();
    // That replay has moved the channel's mark on; from now on its last thought comes no more.
    app.gaps.length = 0;
    server.socket.cut();
    await app.isLive();
    expect(app.gaps.filter(({ author }) => author === 'dave')).toEqual([]);
  });
});

describe('the subscriptions of a LiveClient', () => {
  it('are sent also when they are asked for while it connects', async () => {
    const server = new FakeServer();
    let answerPing = () => {};
    server.answer = (frame, socket) => {
      if (frame.action !== 'ping') return server.usualAnswer(frame);
      answerPing = () => socket.push({ ...server.usualAnswer(frame), ...(frame.id && { id: frame.id }) });
      return undefined;
    };
    const app = new LiveApp({}, server);
    apps.push(app);
    await waitFor('the ping', () => server.sockets.length > 0 && server.frames('ping').length > 0, 2_000);
    const subscribed = app.client.subscribe('topic:late');
    await subscribed;
    answerPing();
    await app.isLive();
    expect(server.frames('subscribe').map(({ channel }) => channel)).toEqual(['topic:late']);
  });

  it('that the server refuses are told, and keep nothing else from coming', async () => {
    const server = new FakeServer();
    const refused: [string, string][] = [];
    server.answer = (frame) =>
      frame.channel === 'all' && frame.action === 'subscribe'
        ? { type: 'error', code: 'channel_full', message: 'Full' }
        : server.usualAnswer(frame);
    const onRefused = (channel: string, { code }: FrameError) => refused.push([channel, code]);
    const app = await start({ channels: ['all', 'topic:aws'], onRefused }, server);
    expect(refused).toEqual([['all', 'channel_full']]);
    server.publish([eventOf({ seq: 1 })]);
    await app.hears(1);
    expect(server.sockets).toHaveLength(1);
    expect(server.frames('subscribe').map(({ channel }) => channel)).toEqual(['all', 'topic:aws']);
  });

  it("go by the server's spelling of a channel", async () => {
    const server = new FakeServer();
    server.answer = (frame) => server.usualAnswer({ ...frame, channel: frame.channel?.toLowerCase() ?? '' });
    const app = await start({ channels: ['topic:AWS'] }, server);
    server.socket.cut();
    await app.isLive();
    expect(server.frames('subscribe').map(({ channel }) => channel)).toEqual(['topic:aws']);
  });

  it('end as they were asked for last, though nobody waited in between', async () => {
    const app = await start({ channels: ['topic:tea'] });
    const { client, server } = app;
    await Promise.all([client.unsubscribe('topic:tea'), client.subscribe('topic:tea')]);
    await Promise.all([client.subscribe('topic:x'), client.unsubscribe('topic:x')]);
    const asked = server.socket.sent.filter(({ channel }) => channel !== undefined);
    const byChannel = Map.groupBy(asked, ({ channel }) => channel);
    expect(byChannel.get('topic:tea')?.map(({ action }) => action)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(byChannel.get('topic:x')?.map(({ action }) => action)).toEqual(['subscribe', 'unsubscribe']);
  });

  it('of a channel that was full are tried again with the next connection', async () => {
    const server = new FakeServer();
    let isFull = true;
    server.answer = (frame) =>
      isFull && frame.action === 'subscribe'
        ? { type: 'error', code: 'channel_full', message: 'Full' }
        : server.usualAnswer(frame);
    const refused: string[] = [];
    const app = await start({ channels: ['all'], onRefused: (channel) => refused.push(channel) }, server);
    expect(refused).toEqual(['all']);
    isFull = false;
    server.socket.cut();
    await app.isLive();
    expect(server.frames('subscribe').map(({ channel }) => channel)).toEqual(['all']);
    expect(refused).toEqual(['all']);
  });
});
