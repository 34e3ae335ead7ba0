import { describe, expect, it } from 'vitest';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf, START, teaOf } from '../../support/live-events.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('an event that is next in its author’s order', () => {
  const authors = Array.from({ length: 99 }, (_, at) => `author:author_${at}`);

  it('does not wait for the replays of other channels after a reconnect', async () => {
    const app = await LiveApp.live({ channels: authors });
    const { server } = app;
    server.publish([eventOf({ seq: 1 })]);
    server.answer = (frame) => (frame.action === 'resume' ? undefined : server.usualAnswer(frame));
    server.socket.cut();
    await app.runtime.until('the replays', () => server.sockets.length === 2 && server.frames('resume').length > 0);
    server.publish([eventOf({ seq: 2 })]);
    expect(app.seqs).toEqual([1, 2]);
  });

  it('does not wait for the hole of another author', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ author: 'bob', seq: 1 }), eventOf({ seq: 1 })]);
    app.server.publish([eventOf({ author: 'bob', seq: 3 })]);
    for (const seq of [2, 3, 4]) {
      await app.runtime.pass(700);
      app.server.publish([eventOf({ seq })]);
      expect(app.numbersOf('alice').at(-1)).toBe(seq);
    }
    expect(app.numbersOf('bob')).toEqual([1]);
  });

  it('does not wait for a replay that is never answered', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.answer = (frame) => (frame.action === 'resume' ? undefined : server.usualAnswer(frame));
    server.publish([eventOf({ seq: 1 }), eventOf({ author: 'bob', seq: 1 })]);
    server.publish([eventOf({ author: 'bob', seq: 3 })]);
    await app.runtime.pass(3_000);
    server.publish([eventOf({ seq: 2 })]);
    expect(app.numbersOf('alice')).toEqual([1, 2]);
    await app.runtime.pass(MINUTE);
    expect(app.numbersOf('bob')).toEqual([1, 3]);
    expect(app.gaps).toContainEqual({ channel: 'timeline' });
    expect(app.states).toEqual(['live']);
  });
});

describe('a hole', () => {
  it('asks for a replay of a channel that has its author, and of no other channel', async () => {
    const app = await LiveApp.live({ channels: ['author:bob', 'topic:aws', 'author:carol'] });
    const bobs = (seq: number) => eventOf({ author: 'bob', seq, channels: ['author:bob'] });
    app.server.publish([bobs(1), bobs(3)]);
    await app.runtime.pass(1_500);
    expect(app.server.channels('resume')).toEqual(['author:bob']);
  });

  it('that was noticed before the timeline brought its author is asked for from what is certain of the timeline', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    const { thought } = teaOf(1, []);
    app.client.known(thought ? [thought] : [], 'timeline');
    app.server.publish([teaOf(3, ['topic:tea'])]);
    app.server.publish([teaOf(3, ['timeline'])]);
    app.server.stored.push(teaOf(2, ['timeline']));
    await app.runtime.pass(1_500);
    const since = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(app.server.frames('resume')).toMatchObject([{ channels: [{ channel: 'timeline', since }] }]);
    expect([app.seqs, app.gaps]).toEqual([[2, 3], []]);
  });

  it('that was noticed before its channel was granted is asked for from then', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    const { server } = app;
    server.publish([teaOf(1, ['topic:tea'])]);
    server.answer = (frame) => {
      server.latencyMs = frame.action === 'subscribe' ? 3_000 : 1;
      return server.usualAnswer(frame);
    };
    void app.client.subscribe('all');
    server.publish([teaOf(3, ['topic:tea'])]);
    server.stored.push(teaOf(2, ['all']));
    await app.runtime.pass(3_500);
    const since = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(server.frames('resume')).toMatchObject([{ channels: [{ channel: 'all', since }] }]);
    expect([app.seqs, app.gaps]).toEqual([[1, 2, 3], []]);
  });

  it('in 200 clients makes few of them ask, and not at the same moment', async () => {
    const server = newServer(Math.random);
    const apps = await Promise.all(Array.from({ length: 200 }, () => LiveApp.live({}, server)));
    server.publish([eventOf({ seq: 1 })]);
    server.publish([eventOf({ seq: 3 })]);
    await server.runtime.pass(1_000);
    const asked = server.sockets.filter((socket) => server.frames('resume', socket).length > 0).length;
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThan(180);
    server.publish([eventOf({ seq: 2 })]);
    await server.runtime.pass(MINUTE);
    expect(apps.every(({ seqs }) => seqs.join() === '1,2,3')).toBe(true);
    expect(server.sockets.flatMap((socket) => server.frames('resume', socket)).length).toBeLessThan(200);
  });

  it('after an earlier hole has a wait of its own', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await app.runtime.pass(600);
    app.server.publish([eventOf({ seq: 5 })]);
    app.server.publish([eventOf({ seq: 2 })]);
    await app.runtime.pass(600);
    expect(app.seqs).toEqual([1, 2, 3]);
    expect(app.server.frames('resume')).toEqual([]);
    app.server.publish([eventOf({ seq: 4 })]);
    expect(app.seqs).toEqual([1, 2, 3, 4, 5]);
  });

  it('is given up at once when a reconnect finds it and the event after it is old', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.socket.cut();
    // An edit of a thought from long ago, which no replay shows, and two new thoughts.
    app.server.stored.push(eventOf({ seq: 3 }), eventOf({ seq: 4 }));
    app.runtime.sleep(10 * MINUTE);
    await app.isLive();
    expect(app.seqs).toEqual([1, 3, 4]);
    await app.runtime.pass(4_000);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
  });

  it.each([
    [['author:alice'], [2, 3], ['author:alice']],
    [[], [], []],
  ])(
    'holds an event until its author is unfollowed: it is for the lists that are left, %j',
    async (channels, seqs, lists) => {
      const app = await LiveApp.live({ channels });
      const { server } = app;
      server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
      server.socket.push({ type: 'relation', author: 'alice', follows: false, muted: false });
      server.publish([eventOf({ seq: 2, channels })]);
      await app.runtime.pass(MINUTE);
      const after = app.events.filter(({ seq }) => seq > 1);
      expect(after.map(({ seq }) => seq)).toEqual(seqs);
      expect([...new Set(after.flatMap((event) => event.channels))]).toEqual(lists);
    },
  );

  it('that a check finds after a reconnect delays new events for a few seconds only', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.seqs.set('alice', 2);
    await app.reconnects();
    await app.runtime.pass(10);
    app.server.publish([eventOf({ seq: 3 })]);
    await app.runtime.pass(4_500);
    expect(app.seqs).toEqual([1, 3]);
    await app.runtime.pass(4_000);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
  });

  it('that a check finds during the replay of an earlier hole is asked for by a replay of its own', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.answer = (frame) => {
      server.latencyMs = frame.action === 'resume' ? 500 : 1;
      return server.usualAnswer(frame);
    };
    server.publish([eventOf({ seq: 1, madeAt: START + 1 })]);
    await app.runtime.pass(MINUTE);
    // The third version has replaced the second, whose number no event has.
    server.publish([eventOf({ seq: 3, version: 3, madeAt: START + 1 })]);
    await app.runtime.until('a replay', () => server.frames('resume').length > 0);
    server.seqs.set('alice', 5);
    void app.client.check();
    await app.runtime.pass(600);
    expect([app.seqs, app.gaps]).toEqual([[1, 3], []]);
    server.publish([eventOf({ seq: 4 })]);
    server.stored.push(eventOf({ seq: 5 }));
    await app.runtime.pass(2_000);
    expect([app.seqs, app.gaps]).toEqual([[1, 3, 4, 5], []]);
  });

  it('that a check finds after another replay began is a gap only when two replays of its own did not bring it', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.publish([eventOf({ seq: 1 })]);
    server.seqs.set('alice', 2);
    void app.client.check();
    await app.runtime.pass(MINUTE);
    expect(server.frames('resume')).toHaveLength(2);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
  });

  it('is not told as a gap when it was filled during the check', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 })]);
    app.server.seqs.set('alice', 2);
    await app.reconnects();
    await app.runtime.pass(500);
    app.server.publish([eventOf({ seq: 2 })]);
    await app.runtime.pass(MINUTE);
    expect(app.seqs).toEqual([1, 2]);
    expect(app.gaps).toEqual([]);
  });
});

describe('what a LiveClient knows already', () => {
  const edited = (seq: number, version: number) => eventOf({ seq, version, madeAt: START + 1 });
  const read = (seq: number, version: number) => {
    const { thought } = edited(seq, version);
    return thought ? [thought] : [];
  };

  it('explains numbers whose versions a replay has replaced, also of a thought that the app has read meanwhile', async () => {
    const app = await LiveApp.live();
    app.server.publish([edited(1, 1)]);
    app.client.known(read(4, 4));
    app.server.stored.push(edited(4, 4));
    app.server.publish([eventOf({ seq: 5 })]);
    await app.runtime.pass(1_600);
    expect(app.seqs).toEqual([1, 4, 5]);
    expect(app.gaps).toEqual([]);
  });

  it('explains the number of the version that the app has read', async () => {
    const app = await LiveApp.live();
    app.server.publish([edited(1, 1)]);
    app.client.known(read(2, 2));
    app.server.stored.push(edited(2, 2), eventOf({ seq: 3 }));
    app.server.publish([eventOf({ seq: 4 })]);
    await app.runtime.pass(1_600);
    expect(app.seqs).toEqual([1, 2, 3, 4]);
    expect(app.gaps).toEqual([]);
  });

  it('tells it the next number: no event waits, and none comes twice', async () => {
    const app = await LiveApp.live();
    app.client.known(read(4, 1));
    app.server.publish([eventOf({ seq: 5 })]);
    expect(app.seqs).toEqual([5]);
  });
});

describe('the lists of an event', () => {
  it('are all lists that it belongs to, also when the replay of one list has brought it', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea', 'topic:milk', 'all'] });
    app.server.publish([teaOf(1, ['timeline', 'topic:tea', 'all'])]);
    await app.hears(1);
    app.server.stored.push(teaOf(2, ['timeline', 'topic:tea', 'all']));
    app.server.socket.push({ type: 'events', events: [teaOf(3, ['all'])] });
    await app.hears(3);
    expect(app.server.channels('resume')).toEqual(['timeline']);
    expect(app.events.map(({ channels }) => [...channels].sort())).toEqual(
      Array(3).fill(['all', 'timeline', 'topic:tea']),
    );
    expect(app.gaps).toEqual([]);
  });

  it('are also the topics that an edit has left, when a replay of another list has brought it', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea', 'all'] });
    const { server } = app;
    server.publish([teaOf(1, ['topic:tea', 'all'])]);
    const edited = eventOf({ seq: 2, version: 2, madeAt: START + 1_000, channels: ['all'] });
    server.stored.push(edited);
    server.socket.push({ type: 'events', events: [eventOf({ seq: 3, channels: ['all'] })] });
    await app.hears(3);
    expect(app.events.map(({ channels }) => channels)).toEqual([['topic:tea', 'all'], ['all', 'topic:tea'], ['all']]);
    // The push comes late. The app reads the topic, which does not have the thought any more.
    server.socket.push({ type: 'events', events: [{ ...edited, channels: ['topic:tea', 'all'] }] });
    app.client.known([], 'topic:tea');
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([]);
  });

  it('can grow: the timeline is told as a gap when it has an event that was given as a stranger’s', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    app.server.publish([teaOf(1, ['all'])]);
    await app.hears(1);
    app.server.publish([teaOf(1, ['timeline'])]);
    app.server.publish([teaOf(1, ['timeline'])]);
    app.server.publish([teaOf(2, ['all'])]);
    await app.hears(2);
    await app.runtime.pass(2_000);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
    expect(app.events.map(({ channels }) => channels)).toEqual([['all'], ['all', 'timeline']]);
  });

  it('can grow later: so is a thought that the timeline brings after a younger one of its author', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    app.server.publish([teaOf(1, ['all'])]);
    app.server.publish([teaOf(2, ['all', 'timeline'])]);
    app.server.publish([teaOf(1, ['timeline'])]);
    await app.runtime.pass(2_000);
    expect([app.seqs, app.gaps]).toEqual([[1, 2], [{ channel: 'timeline' }]]);
  });

  it('are not those that the app has read without the thought: a fan-out that is late is told as a gap', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    app.server.publish([teaOf(1, ['all', 'timeline']), teaOf(2, ['all', 'timeline'])]);
    await app.hears(2);
    const [first] = app.events;
    app.client.known(first?.thought ? [first.thought] : [], 'timeline');
    app.server.publish([teaOf(1, ['timeline']), teaOf(1, ['all'])]);
    await app.runtime.pass(2_000);
    expect(app.gaps).toEqual([]);
    app.server.publish([teaOf(2, ['timeline'])]);
    await app.runtime.pass(2_000);
    expect([app.seqs, app.gaps]).toEqual([[1, 2], [{ channel: 'timeline' }]]);
  });

  it('are all by which it came while it waited: one that the app has not read then is told as a gap', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    const read = (...seqs: number[]) => seqs.flatMap((seq) => teaOf(seq, []).thought ?? []);
    app.client.known(read(1), 'timeline');
    app.server.publish([teaOf(3, ['topic:tea'])]);
    app.server.publish([teaOf(3, ['timeline'])]);
    app.client.known(read(1, 3), 'timeline');
    await app.runtime.pass(2_000);
    expect([app.seqs, app.gaps]).toEqual([[], [{ channel: 'topic:tea' }]]);
  });
});

describe('memory and time', () => {
  it('do not grow with the authors that were ever heard, nor with reconnects', { timeout: 30_000 }, async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    for (let batch = 0; batch < 120; batch++) {
      app.server.publish(
        Array.from({ length: 1_000 }, (_, at) =>
          eventOf({ author: `a${batch}_${at}`, seq: 1, madeAt: START + batch, channels: ['all'] }),
        ),
      );
    }
    app.server.stored.length = 0;
    expect(app.events).toHaveLength(120_000);
    for (let n = 0; n < 50; n++) await app.reconnects();
    await app.runtime.pass(HOUR / 60);
    expect(app.runtime.pending).toBeLessThan(5);
  });
});
