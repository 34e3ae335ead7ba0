import { describe, expect, it } from 'vitest';
import type { ThoughtEvent } from '../../../client/index.ts';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf, START } from '../../support/live-events.ts';

const MINUTE = 60_000;

describe('LiveClient on one connection', () => {
  it('opens its socket with a ticket in the address, and the version of the protocol', async () => {
    const { server, client } = await LiveApp.live();
    expect(server.urls).toEqual(['wss://example.test/dev?ticket=ticket%2F1']);
    expect(server.protocols).toEqual([['deep-thoughts.v1']]);
    client.close();
  });

  it('subscribes to its channels, and replays nothing when the app asks for nothing earlier', async () => {
    const { server } = await LiveApp.live({ channels: ['all', 'topic:aws'] });
    expect(server.channels('subscribe')).toEqual(['all', 'topic:aws']);
    expect(server.frames('resume')).toEqual([]);
  });

  it('replays every channel from the app’s last event, before it is live', async () => {
    const server = newServer();
    const since = eventOf({ seq: 1 });
    server.stored.push(eventOf({ seq: 2 }), eventOf({ seq: 3 }));
    const app = await LiveApp.live({ since: since.id, channels: ['author:alice'] }, server);
    expect(server.frames('resume').flatMap(({ channels }) => channels)).toEqual([
      { channel: 'timeline', since: since.id },
      { channel: 'author:alice', since: since.id },
    ]);
    expect(app.seqs).toEqual([2, 3]);
  });

  it('follows a replay from page to page, and asks again for what did not fit', async () => {
    const server = newServer();
    const pages = [
      { events: [eventOf({ seq: 2 })], parts: [{ channel: 'timeline', next: 'second' }] },
      { events: [eventOf({ seq: 3 }), eventOf({ seq: 4 })], parts: [{ channel: 'timeline' }, { channel: 'all' }] },
    ];
    server.answer = (frame) =>
      frame.action === 'resume' ? { type: 'replay', ...pages.shift() } : server.usualAnswer(frame);
    const app = await LiveApp.live({ since: eventOf({ seq: 1 }).id, channels: ['all'] }, server);
    const asked = server.frames('resume').map(({ channels }) => channels.map(({ channel, page }) => [channel, page]));
    const twice = [
      ['timeline', 'second'],
      ['all', undefined],
    ];
    expect(asked).toEqual([
      [
        ['timeline', undefined],
        ['all', undefined],
      ],
      twice,
    ]);
    expect(app.seqs).toEqual([2, 3, 4]);
  });

  it('gives the app each event once and in order, however they come', async () => {
    const app = await LiveApp.live();
    const [one, two, three] = [1, 2, 3].map((seq) => eventOf({ seq })) as [ThoughtEvent, ThoughtEvent, ThoughtEvent];
    app.server.publish([one, three]);
    app.server.publish([three, one]);
    app.server.publish([two, two]);
    expect(app.seqs).toEqual([1, 2, 3]);
    expect(app.gaps).toEqual([]);
  });

  it('holds the first event of an author for a moment, because an earlier one may come', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 8 })]);
    app.server.publish([eventOf({ seq: 7 })]);
    expect(app.seqs).toEqual([]);
    await app.hears(2);
    expect(app.seqs).toEqual([7, 8]);
  });

  it('asks for a missing number that does not come by itself, also among first events', async () => {
    const app = await LiveApp.live();
    app.server.stored.push(eventOf({ seq: 6 }));
    app.server.publish([eventOf({ seq: 5 }), eventOf({ seq: 7 })]);
    await app.hears(3);
    expect(app.seqs).toEqual([5, 6, 7]);
    expect(app.server.frames('resume')).toHaveLength(1);
    expect(app.gaps).toEqual([]);
  });

  it('does not ask when the missing event comes in time', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await app.runtime.pass(700);
    app.server.publish([eventOf({ seq: 2 })]);
    await app.runtime.pass(MINUTE);
    expect(app.seqs).toEqual([1, 2, 3]);
    expect(app.server.frames('resume')).toEqual([]);
  });

  it('asks three times with doubled waits, then tells a gap and continues', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3, madeAt: START + 1 })]);
    await app.hears(2);
    await app.runtime.pass(4_000);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
    expect(app.server.frames('resume')).toHaveLength(3);
    app.server.publish([eventOf({ seq: 4 })]);
    expect(app.seqs).toEqual([1, 3, 4]);
  });

  it('tells no hole of an author who comes by a topic only', async () => {
    const app = await LiveApp.live({ channels: ['topic:aws'] });
    const channels = ['topic:aws'];
    app.server.publish([eventOf({ seq: 1, channels }), eventOf({ seq: 3, channels })]);
    await app.hears(2);
    expect(app.gaps).toEqual([]);
    expect(app.server.frames('resume')).toEqual([]);
  });

  it('tells a gap of a channel that has missed more than a replay brings', async () => {
    const server = newServer();
    server.answer = (frame) =>
      frame.action === 'resume'
        ? { type: 'replay', events: [], parts: [{ channel: 'timeline', gap: true }] }
        : server.usualAnswer(frame);
    const app = await LiveApp.live({ since: eventOf({ seq: 1 }).id }, server);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
    server.socket.push({ type: 'gap', channel: 'all' });
    expect(app.gaps).toEqual([{ channel: 'timeline' }, { channel: 'all' }]);
  });

  it('does not give events from before the first connection, even when a replay shows them', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    const madeAt = START - 5_000;
    const before = { ...eventOf({ seq: 4, madeAt }), at: new Date(madeAt).toISOString() };
    server.stored.push(before, eventOf({ seq: 7 }));
    server.socket.push({ type: 'events', events: [eventOf({ seq: 6 }), eventOf({ seq: 8 })] });
    await app.hears(3);
    expect(app.seqs).toEqual([6, 7, 8]);
  });

  it('tells that a relation has changed', async () => {
    const app = await LiveApp.live();
    app.server.socket.push({ type: 'relation', author: 'alice', follows: false, muted: false });
    expect(app.relations).toEqual([{ author: 'alice', follows: false, muted: false }]);
    // Numbers of one who is followed no more may be missing by rights.
    app.server.publish([eventOf({ seq: 1, channels: ['author:x'] }), eventOf({ seq: 3, channels: ['author:x'] })]);
    await app.hears(2);
    expect(app.gaps).toEqual([]);
  });

  it('notices by a check that an author is no longer followed, when that frame was lost', async () => {
    const app = await LiveApp.live();
    app.server.seqs.set('bob', 1);
    app.server.publish([eventOf({ seq: 1 }), eventOf({ author: 'bob', seq: 1 })]);
    const checked = app.client.check();
    await app.runtime.pass(100);
    await checked;
    expect(app.relations).toEqual([{ author: 'alice', follows: false, muted: false }]);
  });

  it('ignores what it does not know: frames, and fields of frames', async () => {
    const app = await LiveApp.live();
    const news: unknown[] = [];
    app.client.on('conversation', (one) => news.push(one));
    app.server.socket.push({ type: 'conversation.pinned', conversationId: 'c1' });
    expect(news).toEqual([]);
    app.server.socket.push({ type: 'from the future', events: [eventOf({ seq: 1 })] });
    app.server.socket.push({ type: 'events', events: [{ ...eventOf({ seq: 1 }), mood: 'good' }], size: 1 });
    expect(app.seqs).toEqual([1]);
    expect(app.errors).toEqual([]);
  });

  it('gives no event of a type that it does not know, and misses no number because of it', async () => {
    const app = await LiveApp.live();
    const pinned = {
      ...eventOf({ seq: 2, version: 2, madeAt: START + 1_000 }),
      type: 'thought.pinned',
    } as unknown as ThoughtEvent;
    app.server.publish([eventOf({ seq: 1 }), pinned, eventOf({ seq: 3 })]);
    app.server.publish([{ ...pinned, channels: ['all'] }]);
    await app.runtime.pass(30_000);
    expect([app.seqs, app.gaps, app.errors]).toEqual([[1, 3], [], []]);
    expect(app.server.frames('resume')).toEqual([]);
    // Its version explains no number a second time.
    app.server.publish([eventOf({ seq: 5, version: 3, madeAt: START + 1_000 })]);
    await app.runtime.pass(30_000);
    expect([app.seqs, app.gaps]).toEqual([[1, 3, 5], [{ author: 'alice' }]]);
  });

  it('tells a gap when an event of a type that it does not know has replaced a missing one', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 })]);
    await app.hears(1);
    const pinned = { ...eventOf({ seq: 3, version: 2 }), type: 'thought.pinned' } as unknown as ThoughtEvent;
    app.server.publish([pinned]);
    await app.runtime.pass(30_000);
    expect([app.seqs, app.gaps]).toEqual([[1], [{ author: 'alice' }]]);
  });

  it('pings, and replays the channels of which the server has missed a push, from the last ping on', async () => {
    const app = await LiveApp.live({ channels: ['author:bob'] });
    const first = eventOf({ seq: 1 });
    app.server.publish([first]);
    await app.runtime.pass(4.1 * MINUTE);
    expect(app.server.frames('ping')).toHaveLength(1);
    // This push is missed; the next, which is younger, is not.
    app.server.stored.push(eventOf({ seq: 2, madeAt: START + 5 * MINUTE }));
    app.server.publish([eventOf({ author: 'bob', seq: 1, madeAt: START + 8 * MINUTE })]);
    app.server.missed = ['timeline'];
    await app.runtime.pass(4 * MINUTE);
    expect(app.server.frames('resume').flatMap(({ channels }) => channels)).toEqual([
      { channel: 'timeline', since: first.thoughtId },
    ]);
    expect(app.numbersOf('alice')).toEqual([1, 2]);
  });

  it('replays every channel when the server names them all', async () => {
    const app = await LiveApp.live({ channels: ['author:bob'] });
    app.server.missed = ['*'];
    await app.runtime.pass(4.1 * MINUTE);
    expect(app.server.channels('resume')).toEqual(['timeline', 'author:bob']);
  });

  it('tells a gap of a topic of which the server has missed a push: it may have been an edit of an older thought', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    await app.runtime.pass(MINUTE);
    const before = app.server.channels('resume').length;
    app.server.missed = ['topic:tea'];
    await app.runtime.pass(3.1 * MINUTE);
    const resumed = app.server.channels('resume').slice(before);
    expect([resumed, app.gaps]).toEqual([['topic:tea'], [{ channel: 'topic:tea' }]]);
  });

  it('says which thoughts of a page are current, because the page may be older than given events', async () => {
    const app = await LiveApp.live();
    const [edited, deleted, other] = [eventOf({ seq: 1 }), eventOf({ seq: 2 }), eventOf({ seq: 3 })];
    app.server.publish([edited, deleted, other]);
    const newer = (seq: number) => ({ seq: seq + 3, version: 2, madeAt: START + seq * 1000 });
    app.server.publish([eventOf(newer(1)), eventOf({ ...newer(2), isDeleted: true })]);
    await app.hears(5);
    const page = [edited, deleted, other].flatMap(({ thought }) => thought ?? []);
    expect(app.client.known(page)).toEqual([other.thought]);
  });

  it('sends few messages while idle: a ping every four minutes, and heartbeats', async () => {
    const app = await LiveApp.live();
    await app.runtime.pass(60 * MINUTE);
    const sent = app.server.sockets.flatMap((socket) => socket.sent.map(({ action }) => action));
    const count = (action: string) => sent.filter((one) => one === action).length;
    expect(count('ping')).toBe(15);
    expect(count('check')).toBe(7);
    expect(count('heartbeat')).toBeLessThanOrEqual(32);
    expect(app.states).toEqual(['live']);
  });
});
