import { describe, expect, it } from 'vitest';
import type { Thought, ThoughtEvent } from '../../../client/index.ts';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf, START, teaOf } from '../../support/live-events.ts';

const MINUTE = 60_000;

describe('missed-event detection', () => {
  it('tells a gap when both versions of a thought came after the hole, for the second replaces nothing that is missing', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 })]);
    const madeAt = START + 9_000;
    app.server.publish([1, 2].map((version) => eventOf({ seq: 2 + version, version, madeAt })));
    await app.runtime.pass(MINUTE);
    expect([app.gaps, app.seqs]).toEqual([[{ author: 'alice' }], [1, 3, 4]]);
  });

  it('tells a gap after the events that waited for it, for an event must not replace what the app then reads', async () => {
    const app = await LiveApp.live();
    const seqsAtGap: number[][] = [];
    app.client.on('gap', () => seqsAtGap.push([...app.seqs]));
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 }), eventOf({ seq: 4 })]);
    await app.runtime.pass(MINUTE);
    expect(seqsAtGap).toEqual([[1, 3, 4]]);
  });

  it('tells a gap when a version came after a hole that may be its own earlier version, given up before', async () => {
    const app = await LiveApp.live();
    const old = (seq: number, version: number) => eventOf({ seq, version, madeAt: START + 1 });
    app.server.publish([old(1, 1), eventOf({ seq: 2 })]);
    // The old thought's second version has the number 3. No replay shows it.
    app.server.publish([eventOf({ seq: 4 })]);
    await app.runtime.pass(MINUTE);
    // Number 5 is another thought's.
    app.server.publish([old(6, 3)]);
    await app.runtime.pass(MINUTE);
    expect([app.gaps, app.seqs]).toEqual([
      [{ author: 'alice' }, { author: 'alice' }],
      [1, 2, 4, 6],
    ]);
  });

  it('tells a gap when a version came after a number that a check told of, and that may be its first', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.publish([eventOf({ seq: 1 })]);
    const told = async (seq: number) => {
      server.seqs.set('alice', seq);
      const checked = app.client.check();
      await app.runtime.pass(MINUTE);
      await checked;
    };
    await app.runtime.pass(10_000);
    // Number 2 is a new thought, and neither a push nor a replay brings it.
    await told(2);
    // Number 4 is the same thought, edited. Number 3 is another's.
    server.publish([eventOf({ seq: 4, version: 2, madeAt: START + 2_000 })]);
    await app.runtime.pass(MINUTE);
    expect([app.gaps, app.seqs]).toEqual([
      [{ author: 'alice' }, { author: 'alice' }],
      [1, 4],
    ]);
  });

  it('tells a gap when the app has read an old version, and the next one was made before the newest that it has read', async () => {
    const app = await LiveApp.live();
    const old = (seq: number, version: number) => eventOf({ seq, version, madeAt: START + 1 });
    // Number 2 is the second version of the old thought. The page has only the first, because a copy was late.
    app.client.known([eventOf({ seq: 3 }).thought, old(1, 1).thought].filter((thought) => thought !== undefined));
    // Number 4 is another thought's.
    app.server.publish([old(5, 3)]);
    await app.runtime.pass(MINUTE);
    expect([app.gaps, app.seqs]).toEqual([[{ author: 'alice' }], [5]]);
  });

  it('replays all channels when the pong that may have named them was lost', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    const { server } = app;
    server.missed = ['timeline'];
    server.stored.push(eventOf({ seq: 1 }));
    server.answer = (frame) => {
      const answer = server.usualAnswer(frame);
      return frame.action === 'ping' ? { type: 'error', code: 'internal_error', message: '' } : answer;
    };
    await app.runtime.pass(5 * MINUTE);
    expect(app.seqs).toEqual([]);
    server.answer = server.usualAnswer;
    await app.runtime.pass(4 * MINUTE);
    expect([app.seqs, app.gaps]).toEqual([[1], [{ channel: 'topic:tea' }]]);
  });

  it('finds the first change of an author of whom a check knew none yet', async () => {
    const app = await LiveApp.live({ channels: ['author:alice'] });
    const { server } = app;
    const checks = async (seq: number) => {
      server.seqs.set('alice', seq);
      const checked = app.client.check();
      await app.runtime.pass(MINUTE);
      await checked;
    };
    await checks(0);
    server.stored.push(eventOf({ seq: 1, channels: ['author:alice'] }));
    await checks(1);
    expect([app.seqs, app.gaps]).toEqual([[1], []]);
  });

  it.each(['constructor', '__proto__'])('works for an author named %s', async (author) => {
    const app = await LiveApp.live({ channels: [`author:${author}`] });
    const { server } = app;
    const theirs = (seq: number) => eventOf({ author, seq, channels: [`author:${author}`] });
    server.publish([theirs(1)]);
    server.stored.push(theirs(2));
    server.seqs.set(author, 2);
    const checked = app.client.check();
    await app.runtime.pass(2_000);
    await checked;
    expect(app.seqs).toEqual([1, 2]);
  });

  it.each(['constructor', '__proto__'])(
    'is no gap of an author named %s for whom the server does not answer',
    async (author) => {
      const app = await LiveApp.live();
      app.server.publish([eventOf({ author, seq: 1 })]);
      const checked = app.client.check();
      await app.runtime.pass(MINUTE);
      await checked;
      expect(app.gaps).toEqual([]);
      app.server.publish([eventOf({ author, seq: 2 })]);
      expect(app.numbersOf(author)).toEqual([1, 2]);
    },
  );

  it('runs a check after each reconnect, and asks first about authors in the timeline', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    const { server } = app;
    const strangers = Array.from({ length: 400 }, (_, at) =>
      eventOf({ author: `stranger_${at}`, seq: 1, channels: ['all'] }),
    );
    server.publish([...strangers, eventOf({ seq: 1, channels: ['timeline', 'all'] })]);
    server.seqs.set('alice', 2);
    await app.reconnects();
    await app.runtime.pass(10);
    const asked = server.frames('check').flatMap(({ authors }) => authors);
    expect(asked).toEqual(['alice']);
    await app.runtime.pass(10_000);
    expect(app.gaps).toContainEqual({ author: 'alice' });
  });

  it('includes an author of whom the client knows only what the app has read', async () => {
    const app = await LiveApp.live();
    const { thought } = eventOf({ author: '__proto__', seq: 1 });
    app.client.known(thought ? [thought] : []);
    app.server.seqs.set('__proto__', 2);
    await app.reconnects();
    await app.runtime.pass(10_000);
    expect(app.gaps).toEqual([{ author: '__proto__' }]);
  });

  it('finds by a check that the frame about a new follow was lost', async () => {
    const app = await LiveApp.live();
    app.server.sources = 'bob';
    await app.reconnects();
    await app.runtime.pass(10);
    await app.reconnects();
    await app.runtime.pass(10);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
  });

  it('finds by a check that the frame about an unfollow was lost, though one about a follow had come before', async () => {
    const app = await LiveApp.live();
    app.server.socket.push({ type: 'gap', channel: 'timeline' });
    app.server.socket.push({ type: 'relation', author: 'bob', follows: true, muted: false });
    // Carol was unfollowed then, and the frame was lost.
    app.server.sources = 'bob, and not carol';
    app.gaps.length = 0;
    await app.reconnects();
    await app.runtime.pass(10);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
  });

  it('tells a gap of the timeline at the first comparison, when the relations at the start are not known', async () => {
    const begun = await LiveApp.live({ since: eventOf({ seq: 1 }).id });
    await begun.reconnects();
    await begun.runtime.pass(10);
    expect(begun.gaps).toEqual([{ channel: 'timeline' }]);
    // While the fan-out is late, a check compares nothing.
    const server = newServer();
    server.answer = (frame) => {
      const { sources, ...answer } = server.usualAnswer(frame) as { sources?: string };
      return answer;
    };
    const app = await LiveApp.live({}, server);
    server.answer = (frame) => server.usualAnswer(frame);
    await app.reconnects();
    await app.runtime.pass(10);
    expect(app.gaps).toEqual([{ channel: 'timeline' }]);
  });

  it('finds by a check that an author of an `author:` channel is in the timeline no more', async () => {
    const app = await LiveApp.live({ channels: ['author:alice'] });
    const { server } = app;
    server.publish([eventOf({ seq: 1, channels: ['timeline', 'author:alice'] })]);
    server.seqs.set('alice', 1);
    await app.reconnects();
    await app.runtime.pass(10);
    expect(app.relations).toEqual([]);
    server.notInTimeline.push('alice');
    await app.reconnects();
    await app.runtime.pass(10);
    expect(app.relations).toEqual([{ author: 'alice', follows: false, muted: false }]);
    server.publish([eventOf({ seq: 2, channels: ['author:alice'] })]);
    expect(app.events.map(({ channels }) => channels)).toEqual([['timeline', 'author:alice'], ['author:alice']]);
  });

  it('leaves an author of an `author:` channel out of the timeline when a server of the last release answers', async () => {
    const app = await LiveApp.live({ channels: ['author:alice'] });
    const { server } = app;
    server.publish([eventOf({ seq: 1, channels: ['author:alice'] })]);
    server.seqs.set('alice', 1);
    server.answer = (frame) => ({ ...server.usualAnswer(frame), notInTimeline: undefined });
    await app.reconnects();
    await app.runtime.pass(10);
    server.publish([eventOf({ seq: 2, channels: ['author:alice'] })]);
    expect(app.events.map(({ channels }) => channels)).toEqual([['author:alice'], ['author:alice']]);
  });

  it('tells a gap again when a late event comes by another list, until the app has read the thought', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    const push = (...events: ThoughtEvent[]) => app.server.socket.push({ type: 'events', events });
    push(eventOf({ seq: 1, channels: ['all'] }), eventOf({ seq: 3, channels: ['all'] }));
    await app.hears(2);
    const gaps = () => app.gaps.splice(0).length;
    expect(gaps()).toBe(0);
    await app.runtime.pass(4_000);
    expect(gaps()).toBe(1);
    const late = (channel: string) => eventOf({ seq: 2, channels: [channel] });
    const told: number[] = [];
    for (const channel of ['all', 'all', 'timeline', 'timeline']) {
      push(late(channel));
      // An index may be 2 s late, so the gap is told no sooner.
      await app.runtime.pass(1_900);
      expect(gaps()).toBe(0);
      await app.runtime.pass(100);
      told.push(gaps());
    }
    expect(told).toEqual([1, 0, 1, 0]);
    const read = [late('all').thought].filter((thought) => thought !== undefined);
    app.client.known(read, 'author:alice');
    push(late('author:alice'));
    await app.runtime.pass(2_000);
    expect(gaps()).toBe(0);
  });

  it('tells a gap of each list that lacks a thought which the app has read in another list only', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea', 'all'] });
    const late = (...channels: string[]) => teaOf(2, channels);
    const push = (event: ThoughtEvent) => app.server.socket.push({ type: 'events', events: [event] });
    app.client.known([], 'all');
    app.client.known(late().thought ? [late().thought as Thought] : [], 'topic:tea');
    push(late('topic:tea'));
    push(late('timeline'));
    push(late('all'));
    await app.runtime.pass(2_000);
    expect(app.gaps).toEqual([{ channel: 'timeline' }, { channel: 'all' }]);
    // Told once.
    push(late('all'));
    push(late('timeline'));
    await app.runtime.pass(2_000);
    expect([app.gaps.length, app.seqs]).toEqual([2, []]);
    app.server.publish([teaOf(3, ['all'])]);
    expect(app.seqs).toEqual([3]);
  });

  it('tells a gap of a list whose page lacks what the list told a moment ago, though the app had it before', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    app.server.publish([teaOf(1, ['timeline']), teaOf(2, ['timeline'])]);
    await app.hears(2);
    expect(app.events.map(({ channels }) => channels)).toEqual(Array(2).fill(['timeline', 'topic:tea']));
    await app.runtime.pass(MINUTE);
    // The fan-out to the topic was late. The app has the first thought already, and its page of the topic is older than this.
    app.server.socket.push({ type: 'events', events: [teaOf(1, ['topic:tea'])] });
    app.client.known([], 'topic:tea');
    await app.runtime.pass(1_900);
    expect(app.gaps).toEqual([]);
    await app.runtime.pass(100);
    expect(app.gaps).toEqual([{ channel: 'topic:tea' }]);
    // It is told once. Of the second thought the topic tells later.
    app.client.known([teaOf(1, []).thought as Thought], 'topic:tea');
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toHaveLength(1);
    app.server.socket.push({ type: 'events', events: [teaOf(2, ['topic:tea'])] });
    await app.runtime.pass(2_000);
    expect(app.gaps).toHaveLength(2);
  });

  it('gives what was made before the start when the timeline, as the app has read it, did not have it yet', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    const early = (author: string, madeAt: number) => ({
      ...eventOf({ author, seq: 1, madeAt }),
      at: new Date(madeAt).toISOString(),
    });
    const [old, read, late] = [
      early('alice', START - 40_000),
      early('bob', START - 30_000),
      early('carol', START - 20_000),
    ];
    app.client.known(read?.thought ? [read.thought] : [], 'timeline');
    // The fan-out was late, and its push is lost.
    server.stored.push(...[old, read, late].filter((event) => event !== undefined));
    await app.reconnects();
    await app.runtime.pass(1_000);
    expect(app.events.map(({ author }) => author)).toEqual(['carol']);
  });

  it('finds by the count of entries a lost thought of an unknown author, though later thoughts came', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.stored.push(eventOf({ author: 'bob', seq: 1, madeAt: START + MINUTE }));
    server.publish([eventOf({ seq: 1, madeAt: START + 10 * MINUTE })]);
    const checked = app.client.check();
    await app.runtime.pass(5_000);
    await checked;
    expect(app.numbersOf('bob')).toEqual([1]);
    expect(server.frames('resume')).toHaveLength(1);
    void app.client.check();
    await app.runtime.pass(5_000);
    expect(server.frames('resume')).toHaveLength(1);
  });

  it('tells gaps of `topic:` and `all` after a reconnect, because older thoughts of strangers may have changed', async () => {
    const app = await LiveApp.live({ channels: ['topic:aws', 'author:bob', 'all'] });
    expect(app.gaps).toEqual([]);
    await app.reconnects();
    await app.runtime.pass(3_000);
    expect(app.gaps).toEqual([{ channel: 'topic:aws' }, { channel: 'all' }]);
    // So they are replayed once, and not again for what was pushed just before the subscription.
    await app.runtime.pass(MINUTE);
    expect(app.server.channels('resume').sort()).toEqual(['all', 'author:bob', 'timeline', 'topic:aws']);
  });

  it('tells these gaps once, when the connection is live, however long and however incomplete the replays are', async () => {
    const app = await LiveApp.live({ channels: ['topic:aws', 'all'] });
    const { server } = app;
    server.publish([eventOf({ seq: 1, channels: ['all'] })]);
    await app.runtime.pass(MINUTE);
    server.answer = (frame) => {
      if (frame.action !== 'resume') return server.usualAnswer(frame);
      server.latencyMs = 4_000;
      // Number 2 is missing, too. Whoever reads `all` has it.
      const events = [eventOf({ seq: 3, channels: ['all'] })];
      return {
        type: 'replay',
        events,
        parts: frame.channels.map(({ channel }) => ({ channel, gap: channel === 'all' })),
      };
    };
    await app.reconnects();
    expect([app.gaps, app.seqs]).toEqual([[], [1, 3]]);
    server.answer = server.usualAnswer;
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'all' }, { channel: 'topic:aws' }]);
  });

  it('tells the gap of a late event also when its author has left the timeline meanwhile', async () => {
    const app = await LiveApp.live();
    app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 3 })]);
    await app.runtime.pass(MINUTE);
    app.gaps.length = 0;
    app.server.publish([eventOf({ seq: 2 })]);
    app.server.socket.push({ type: 'relation', author: 'alice', follows: false, muted: false });
    await app.runtime.pass(2_000);
    expect(app.gaps).toEqual([{ author: 'alice' }]);
  });

  it('tells no gap of a stranger’s hole when `topic:` and `all` are read anew after a reconnect', async () => {
    const app = await LiveApp.live({ channels: ['all'] });
    app.server.publish([eventOf({ seq: 1, channels: ['all'] })]);
    await app.hears(1);
    await app.runtime.pass(MINUTE);
    await app.reconnects();
    app.server.publish([eventOf({ seq: 3, channels: ['all'] })]);
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'all' }]);
    // Long after the cut it is one.
    app.server.publish([{ ...eventOf({ seq: 5, channels: ['all'] }), at: new Date(app.runtime.now()).toISOString() }]);
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'all' }, { author: 'alice' }]);
    expect(app.seqs).toEqual([1, 3, 5]);
  });
});
