import { afterEach, describe, expect, it } from 'vitest';
import type { Options, ThoughtEvent } from '../../../client/index.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const apps: LiveApp[] = [];

const start = async (options: Partial<Options> = {}, server = new FakeServer()): Promise<LiveApp> => {
  const app = new LiveApp(options, server);
  apps.push(app);
  await app.isLive();
  return app;
};

afterEach(() => {
  for (const { client } of apps.splice(0)) client.close();
});

describe('LiveClient on one connection', () => {
  it('opens its socket with a ticket in the address', async () => {
    const { server } = await start();
    expect(server.urls).toEqual(['wss://example.test/dev?ticket=ticket%2F1']);
  });

  it('subscribes to its channels, and replays nothing when the app asks for nothing earlier', async () => {
    const { server } = await start({ channels: ['all', 'topic:aws'] });
    expect(server.frames('subscribe').map(({ channel }) => channel)).toEqual(['all', 'topic:aws']);
    expect(server.frames('resume')).toEqual([]);
  });

  it('replays every channel from where the app has stopped, before it is live', async () => {
    const server = new FakeServer();
    const since = eventOf({ seq: 1 });
    server.stored.push(eventOf({ seq: 2 }), eventOf({ seq: 3 }));
    const app = await start({ since: since.id, channels: ['author:alice'] }, server);
    const resumes = server.frames('resume').map(({ channel, since: from }) => [channel, from]);
    expect(resumes).toEqual([
      ['timeline', since.id],
      ['author:alice', since.id],
    ]);
    expect(app.seqs).toEqual([2, 3]);
  });

  it('follows a replay from page to page', async () => {
    const server = new FakeServer();
    const pages = [eventOf({ seq: 2 }), eventOf({ seq: 3 })];
    server.answer = (frame) => {
      if (frame.action !== 'resume') return server.usualAnswer(frame);
      const at = frame.page === undefined ? 0 : 1;
      const events = pages.slice(at, at + 1);
      return { type: 'events', events, channel: 'timeline', ...(at === 0 && { next: 'second page' }) };
    };
    const app = await start({ since: eventOf({ seq: 1 }).id }, server);
    expect(server.frames('resume').map(({ page }) => page)).toEqual([undefined, 'second page']);
    expect(app.seqs).toEqual([2, 3]);
  });

  it('gives the app each event once and in order, however they come', async () => {
    const app = await start();
    const [one, two, three] = [1, 2, 3].map((seq) => eventOf({ seq })) as [ThoughtEvent, ThoughtEvent, ThoughtEvent];
    app.server.publish([one, three]);
    app.server.publish([three, one]);
    app.server.publish([two, two]);
    expect(app.seqs).toEqual([1, 2, 3]);
    expect(app.gaps).toEqual([]);
  });

  it('waits a moment for what may come before the first event of an author', async () => {
    const app = await start();
    app.server.publish([eventOf({ seq: 8 })]);
    app.server.publish([eventOf({ seq: 7 })]);
    expect(app.seqs).toEqual([]);
    await app.hears(2);
    expect(app.seqs).toEqual([7, 8]);
  });

  it('asks for what is missing when it does not come by itself', async () => {
    const app = await start();
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.stored.push(eventOf({ seq: 2 }));
    app.server.publish([eventOf({ seq: 3 })]);
    expect(app.seqs).toEqual([1]);
    await app.hears(3);
    expect(app.seqs).toEqual([1, 2, 3]);
    expect(app.server.frames('resume')).toHaveLength(1);
    expect(app.gaps).toEqual([]);
  });

  it('asks for what is missing among the first events of an author, too', async () => {
    const app = await start();
    app.server.stored.push(eventOf({ seq: 6 }));
    app.server.publish([eventOf({ seq: 5 }), eventOf({ seq: 7 })]);
    await app.hears(3);
    expect(app.seqs).toEqual([5, 6, 7]);
  });

  it('does not ask when what is missing comes in time', async () => {
    const app = await start({ timings: { holeMs: 30 } });
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    app.server.publish([eventOf({ seq: 2 })]);
    app.server.publish([eventOf({ author: 'bob', seq: 1 }), eventOf({ author: 'bob', seq: 3 })]);
    await app.hears(5);
    expect(app.seqs).toEqual([1, 2, 3, 1, 3]);
    // Only bob's hole was asked about: alice's had been filled when the time was up.
    expect(app.gaps).toEqual([{ author: 'bob' }]);
    expect(app.server.frames('resume')).toHaveLength(6);
  });

  it('reports an author of whom something is lost for good, and goes on', async () => {
    const app = await start();
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await app.hears(2);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
    app.server.publish([eventOf({ seq: 4 })]);
    expect(app.seqs).toEqual([1, 3, 4]);
  });

  it('reports no hole of an author who is heard by topic only', async () => {
    const app = await start({ channels: ['topic:aws'] });
    const channels = ['topic:aws'];
    app.server.publish([eventOf({ seq: 1, channels }), eventOf({ seq: 3, channels })]);
    await app.hears(2);
    expect(app.gaps).toEqual([]);
  });

  it('asks again when a replay was refused', async () => {
    const app = await start();
    let refusals = 2;
    app.server.answer = (frame) => {
      if (frame.action === 'resume' && refusals-- > 0) return { type: 'error', code: 'busy', message: 'Busy' };
      return app.server.usualAnswer(frame);
    };
    app.server.stored.push(eventOf({ seq: 2 }));
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await app.hears(3);
    expect(app.seqs).toEqual([1, 2, 3]);
  });

  it('tells the app of a channel of which more was missed than is replayed', async () => {
    const server = new FakeServer();
    const since = eventOf({ seq: 1 }).id;
    server.answer = (frame) =>
      frame.action === 'resume' ? { type: 'gap', channel: 'timeline', since } : server.usualAnswer(frame);
    const app = await start({ since }, server);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
    server.socket.push({ type: 'gap', channel: 'all', since });
    expect(app.gaps).toEqual([{ channel: 'timeline' }, { channel: 'all' }]);
  });

  it('finds by its ping what silence hid', async () => {
    const app = await start({ timings: { pingMs: 20 } });
    app.server.stored.push(eventOf({ seq: 1 }));
    await app.hears(1);
    expect(app.seqs).toEqual([1]);
    await waitFor('two more pings', () => app.server.frames('ping').length >= 4, 2_000);
    expect(app.server.frames('resume')).toHaveLength(1);
  });

  it('does not tell of what was there before it came, even when a replay shows it', async () => {
    const server = new FakeServer();
    server.now = START + 5_000;
    const app = await start({}, server);
    server.answer = (frame) =>
      frame.action === 'resume' ? { type: 'events', events: server.stored } : server.usualAnswer(frame);
    server.stored.push(
      eventOf({ seq: 4 }),
      eventOf({ author: 'bob', seq: 4 }),
      eventOf({ seq: 6 }),
      eventOf({ seq: 7 }),
    );
    server.socket.push({ type: 'events', events: [eventOf({ seq: 6 }), eventOf({ seq: 8 })] });
    await app.hears(3);
    expect(app.events.map(({ author, seq }) => `${author} ${seq}`)).toEqual(['alice 6', 'alice 7', 'alice 8']);
  });
});
