import { describe, expect, it } from 'vitest';
import { LiveError, type ThoughtEvent } from '../../../client/index.ts';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const MINUTE = 60_000;

describe('the subscriptions of a LiveClient', () => {
  it('are stored when the promise resolves, and kept across connections', async () => {
    const app = await LiveApp.live();
    const subscribed = app.client.subscribe('author:bob');
    await app.runtime.pass(10);
    await subscribed;
    await app.reconnects();
    expect(app.server.channels('subscribe')).toEqual(['author:bob']);
    expect(app.server.channels('resume')).toEqual(['timeline', 'author:bob']);
  });

  it('are sent also when they are asked for while it connects', async () => {
    const server = newServer();
    const app = new LiveApp({}, server);
    const early = app.client.subscribe('topic:early');
    await app.runtime.until('the first frame', () => server.sockets.length > 0 && server.socket.sent.length > 0);
    const late = app.client.subscribe('topic:late');
    await app.isLive();
    await Promise.all([early, late]);
    expect(server.channels('subscribe')).toEqual(['topic:early', 'topic:late']);
  });

  it.each(['busy', 'internal_error'])(
    'that are answered %s are asked for again, and keep nothing else waiting',
    async (code) => {
      const app = await LiveApp.live();
      const { server } = app;
      let failures = 2;
      server.answer = (frame) =>
        frame.action === 'subscribe' && failures-- > 0
          ? { type: 'error', code, message: code }
          : server.usualAnswer(frame);
      let isDone = false;
      const subscribed = app.client.subscribe('topic:tea').then(() => {
        isDone = true;
      });
      await app.runtime.pass(100);
      expect(isDone).toBe(false);
      await app.runtime.pass(MINUTE / 2);
      await subscribed;
      expect(server.channels('subscribe')).toEqual(['topic:tea', 'topic:tea', 'topic:tea']);
      expect(app.errors.map((error) => error.code)).toEqual([code, code]);
      expect(app.states).toEqual(['live']);
    },
  );

  it('that are answered by a frame of another type are asked for again, and the app is told', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    let isWrong = true;
    server.answer = (frame) => {
      if (!isWrong || frame.action !== 'subscribe') return server.usualAnswer(frame);
      isWrong = false;
      return { type: 'pong', at: new Date(app.runtime.now()).toISOString() };
    };
    const subscribed = app.client.subscribe('topic:tea');
    await app.runtime.pass(10_000);
    expect(server.channels('subscribe')).toEqual(['topic:tea', 'topic:tea']);
    await subscribed;
    expect(app.errors.map(({ message }) => message)).toEqual(['unreadable_frame subscribe was answered by pong']);
    expect(app.states).toEqual(['live']);
  });

  it('that were answered busy are sent at once when the app asks again, and no promise resolves before the ack', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    let isBusy = true;
    server.answer = (frame) =>
      frame.action === 'subscribe' && isBusy
        ? { type: 'error', code: 'busy', message: 'busy' }
        : server.usualAnswer(frame);
    const done: number[] = [];
    void app.client.subscribe('topic:tea').then(() => done.push(1));
    await app.runtime.pass(10);
    isBusy = false;
    const again = app.client.subscribe('topic:tea').then(() => done.push(2));
    await app.runtime.pass(0);
    expect(server.channels('subscribe')).toEqual(['topic:tea', 'topic:tea']);
    expect(done).toEqual([]);
    await app.runtime.pass(10);
    await again;
    expect(done).toEqual([1, 2]);
    expect(server.channels('subscribe')).toEqual(['topic:tea', 'topic:tea']);
  });

  it('of other channels succeed while one channel fails again and again', async () => {
    const server = newServer();
    server.answer = (frame) =>
      frame.action === 'subscribe' ? server.ack(frame, { 'topic:ill': 'internal_error' }) : server.usualAnswer(frame);
    const app = await LiveApp.live({ channels: ['topic:ill', 'author:bob'] }, server);
    await app.runtime.pass(10 * MINUTE);
    server.publish([eventOf({ author: 'bob', seq: 1, channels: ['author:bob'] })]);
    expect(app.seqs).toEqual([1]);
    expect(app.states).toEqual(['live']);
    expect(server.channels('subscribe').filter((name) => name === 'author:bob')).toHaveLength(1);
  });

  it('whose replay fails three times end in a gap, and not in a reconnect', async () => {
    const app = await LiveApp.live({ channels: ['author:bob'] });
    const { server } = app;
    server.answer = (frame) => {
      if (frame.action !== 'resume') return server.usualAnswer(frame);
      const error = { code: 'internal_error', message: '' };
      const parts = frame.channels.map(({ channel }) => ({ channel, ...(channel !== 'timeline' && { error }) }));
      return { type: 'replay', events: [], parts };
    };
    await app.reconnects();
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'author:bob' }]);
    expect(server.sockets).toHaveLength(2);
  });

  it.each(['all', 'topic:tea'])(
    'to %s bring what was pushed just before them, also when the list had it later',
    async (name) => {
      const server = newServer();
      const made = (author: string, madeAt: number): ThoughtEvent => ({
        ...eventOf({ author, seq: 7, madeAt, channels: [name] }),
        at: new Date(madeAt).toISOString(),
      });
      const [early, read] = [made('carol', START - 2_000), made('dave', START - 3_000)];
      const old = made('erin', START - MINUTE);
      server.stored.push(old, read, early);
      const app = await LiveApp.live({ channels: [name, 'author:bob'] }, server);
      if (read.type !== 'thought.deleted') app.client.known([read.thought]);
      await app.runtime.pass(10_000);
      expect(app.events.map(({ id }) => id)).toEqual([early.id]);
      expect(server.channels('resume')).toEqual([name]);
      await app.runtime.pass(3 * MINUTE);
      expect(server.channels('resume')).toEqual([name]);
    },
  );

  it('that the server refuses are told, and not asked for again', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.answer = (frame) =>
      frame.action === 'subscribe' ? server.ack(frame, { nowhere: 'unknown_channel' }) : server.usualAnswer(frame);
    const subscribing = app.client.subscribe('nowhere');
    const refusal = expect(subscribing).rejects.toMatchObject({ name: 'LiveError', code: 'unknown_channel' });
    await app.runtime.pass(10);
    await refusal;
    expect(app.refused).toEqual([['nowhere', 'unknown_channel']]);
    await app.reconnects();
    expect(server.channels('subscribe')).toEqual([]);
  });

  it('of a name that is too long for a frame are refused, and nothing is sent', async () => {
    const app = await LiveApp.live();
    const sent = app.server.socket.sent.length;
    const refused = expect(app.client.subscribe(`topic:${'x'.repeat(1_000)}`)).rejects.toMatchObject({
      code: 'unknown_channel',
    });
    await expect(app.client.channel('x'.repeat(40_000)).history()).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(app.client.channel('all').history({ before: 'x'.repeat(40_000) })).rejects.toThrow();
    app.client.typing('x'.repeat(40_000));
    await app.runtime.pass(0);
    await refused;
    expect(app.server.socket.sent).toHaveLength(sent);
  });

  it('of a channel that is full are tried again with the next connection', async () => {
    const server = newServer();
    let isFull = true;
    server.answer = (frame) =>
      isFull && frame.action === 'subscribe' ? server.ack(frame, { all: 'channel_full' }) : server.usualAnswer(frame);
    const app = await LiveApp.live({ channels: ['all', 'topic:aws'] }, server);
    expect(app.refused).toEqual([['all', 'channel_full']]);
    await app.runtime.pass(10 * MINUTE);
    expect(server.channels('subscribe')).toEqual(['all', 'topic:aws']);
    isFull = false;
    await app.reconnects();
    expect(server.channels('subscribe')).toEqual(['all', 'topic:aws']);
    expect(app.refused).toHaveLength(1);
  });

  it("go by the server's spelling: topic:AWS is unsubscribed for good by either name", async () => {
    const app = await LiveApp.live({ channels: ['topic:AWS'] });
    await app.reconnects();
    expect(app.server.channels('subscribe')).toEqual(['topic:aws']);
    void app.client.unsubscribe('topic:AWS');
    await app.runtime.pass(10);
    expect(app.server.channels('unsubscribe')).toEqual(['topic:aws']);
    await app.reconnects();
    expect(app.server.channels('subscribe')).toEqual([]);
    expect(app.server.channels('resume')).toEqual(['timeline']);
  });

  it('end when the app takes them back before the server has answered', async () => {
    const app = await LiveApp.live();
    void app.client.subscribe('topic:AWS');
    await app.runtime.pass(0);
    void app.client.unsubscribe('topic:AWS');
    await app.runtime.pass(100);
    expect(app.server.channels('unsubscribe')).toEqual(['topic:aws']);
    await app.reconnects();
    expect(app.server.channels('subscribe')).toEqual([]);
  });

  it('end in the state that the app asked for last, though it did not wait between its calls', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    const { client, server } = app;
    const tea = client.channel('topic:tea');
    const all = Promise.all([
      client.unsubscribe('topic:tea'),
      client.subscribe('topic:tea'),
      client.subscribe('topic:x'),
      client.unsubscribe('topic:x'),
    ]);
    await app.runtime.pass(100);
    await all;
    const asked = (name: string) =>
      server.socket.sent.flatMap((frame) =>
        'channels' in frame && frame.channels.some((one) => one === name) ? [frame.action] : [],
      );
    expect([asked('topic:tea'), asked('topic:x')]).toEqual([['subscribe'], []]);
    expect([tea.state, client.channel('topic:x').state]).toEqual(['subscribed', 'unsubscribed']);
  });

  it('are rejected when the client is closed, before or after', async () => {
    const server = newServer();
    server.handshake = 'ignore';
    const app = new LiveApp({}, server);
    const before = expect(app.client.subscribe('all')).rejects.toBeInstanceOf(LiveError);
    app.client.close();
    await before;
    await expect(app.client.subscribe('all')).rejects.toMatchObject({ code: 'closed' });
    await expect(app.client.check()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('an invalid `since`', () => {
  it('is refused at once', () => {
    expect(() => new LiveApp({ since: 'yesterday' })).toThrow('since');
  });

  it('that the server refuses is told as a gap, and the client continues from now', async () => {
    const server = newServer();
    server.answer = (frame) =>
      frame.action === 'resume' || (frame.action === 'check' && frame.since)
        ? { type: 'error', code: 'invalid_request', message: 'since: must be an event id' }
        : server.usualAnswer(frame);
    const app = await LiveApp.live({ since: eventOf({ seq: 1 }).id }, server);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
    await app.runtime.pass(10 * MINUTE);
    server.publish([eventOf({ seq: 1, madeAt: START + 10 * MINUTE })]);
    expect(app.seqs).toEqual([1]);
    expect(server.sockets).toHaveLength(1);
    expect(server.frames('resume')).toHaveLength(1);
  });
});

describe('a channel of its own', () => {
  it('has its events, gaps and states, by whatever name the app calls it', async () => {
    const app = await LiveApp.live();
    const channel = app.client.channel('topic:AWS');
    const told: unknown[] = [];
    channel.on('event', ({ seq }) => told.push(seq)).on('gap', (gap) => told.push(gap));
    channel.on('state', (state) => told.push(state)).once('event', () => told.push('once'));
    expect(channel.state).toBe('unsubscribed');
    void channel.subscribe();
    await app.runtime.pass(10);
    expect(channel.state).toBe('subscribed');
    app.server.publish([eventOf({ seq: 1, channels: ['topic:aws'] }), eventOf({ author: 'bob', seq: 1 })]);
    app.server.publish([eventOf({ seq: 2, channels: ['timeline', 'topic:aws'] })]);
    app.server.socket.push({ type: 'gap', channel: 'topic:aws' });
    void channel.unsubscribe();
    await app.runtime.pass(10);
    expect(told).toEqual(['subscribing', 'subscribed', 1, 'once', 2, { channel: 'topic:aws' }, 'unsubscribed']);
    expect(app.client.channel('topic:AWS')).toBe(channel);
  });

  it('has its state, whenever the app asks for it', async () => {
    const server = newServer();
    const app = new LiveApp({ channels: ['topic:tea'] }, server);
    const stateOf = (name: string) => app.client.channel(name).state;
    expect([stateOf('timeline'), stateOf('topic:tea')]).toEqual(['subscribing', 'subscribing']);
    await app.isLive();
    const nowhere = expect(app.client.subscribe('nowhere')).rejects.toBeInstanceOf(LiveError);
    server.answer = (frame) =>
      frame.action === 'subscribe' ? server.ack(frame, { nowhere: 'unknown_channel' }) : server.usualAnswer(frame);
    expect(stateOf('nowhere')).toBe('subscribing');
    await app.runtime.pass(10);
    await nowhere;
    expect([stateOf('timeline'), stateOf('topic:tea'), stateOf('nowhere')]).toEqual([
      'subscribed',
      'subscribed',
      'refused',
    ]);
    server.socket.cut();
    expect(stateOf('topic:tea')).toBe('subscribing');
  });

  it('gives older thoughts, page by page', async () => {
    const app = await LiveApp.live();
    const { thought } = eventOf({ seq: 1 });
    app.server.answer = (frame) =>
      frame.action === 'history'
        ? {
            type: 'history',
            channel: frame.channel,
            thoughts: frame.before ? [] : [thought],
            ...(!frame.before && { next: 'x' }),
          }
        : app.server.usualAnswer(frame);
    const first = app.client.channel('all').history({ limit: 1 });
    await app.runtime.pass(10);
    expect(await first).toEqual({ thoughts: [thought], next: 'x' });
    const second = app.client.channel('all').history({ before: 'x' });
    await app.runtime.pass(10);
    expect(await second).toEqual({ thoughts: [] });
    app.server.socket.cut();
    await expect(app.client.channel('all').history()).rejects.toMatchObject({ code: 'disconnected' });
  });
});
