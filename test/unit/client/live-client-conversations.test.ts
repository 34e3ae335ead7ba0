import { describe, expect, it } from 'vitest';
import type { ConversationNews } from '../../../client/index.ts';
import { LiveApp } from '../../support/live-app.ts';
import { messageOf } from '../../support/live-events.ts';

const MINUTE = 60_000;

const one = (seq: number, more: { place?: number; version?: number; isDeleted?: boolean } = {}) =>
  messageOf({ conversation: 'c1', seq, ...more });
/** The user was added to the conversation behind number 7. */
const ADDED = {
  type: 'conversation.changed',
  conversation: { id: 'c1', kind: 'group', members: ['alice', 'bob'], createdAt: '2026-01-01T00:00:00.000Z' },
  left: false,
  after: 7,
};
const seqsOf = (app: LiveApp, conversation = 'c1') =>
  app.messages.filter(({ conversationId }) => conversationId === conversation).map(({ seq }) => seq);

describe('the messages of a conversation', () => {
  it('come without asking, each once, in order', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1), one(3), one(2), one(1)]);
    app.server.tell([one(4, { place: 1, version: 2 }), one(3)]);
    expect(seqsOf(app)).toEqual([1, 2, 3, 4]);
    await app.runtime.pass(MINUTE);
    expect([app.gaps, app.events, app.server.channels('subscribe')]).toEqual([[], [], []]);
  });

  it('that are missing are told as a gap, also when the app has just read all lists of strangers', async () => {
    const app = await LiveApp.live({ channels: ['topic:tea'] });
    await app.reconnects();
    await app.runtime.pass(10_000);
    expect(app.gaps.splice(0)).toEqual([{ channel: 'topic:tea' }]);
    app.server.tell([{ ...one(8), at: new Date(app.runtime.now() - MINUTE).toISOString() }]);
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'conversation:c1' }]);
  });

  it('have numbers of their own, whoever wrote them', async () => {
    const app = await LiveApp.live();
    app.server.tell([messageOf({ conversation: 'c2', seq: 1 }), one(1), messageOf({ conversation: 'c2', seq: 2 })]);
    expect([seqsOf(app), seqsOf(app, 'c2')]).toEqual([[1], [1, 2]]);
  });

  it('that are missing are asked for, of their conversation alone', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1)]);
    app.server.tell([one(2)], true);
    app.server.tell([one(3)]);
    expect(seqsOf(app)).toEqual([1]);
    await app.runtime.pass(2_000);
    expect(seqsOf(app)).toEqual([1, 2, 3]);
    expect(app.server.channels('resume')).toEqual(['conversation:c1']);
  });

  it('that were being asked for when the connection was lost are asked for on the next', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    app.server.tell([one(1)]);
    app.server.tell([one(2)], true);
    server.answer = (frame) => (frame.action === 'resume' ? undefined : server.usualAnswer(frame));
    app.server.tell([one(3)]);
    await app.runtime.pass(2_000);
    expect(app.server.channels('resume')).toEqual(['conversation:c1']);
    server.answer = server.usualAnswer;
    await app.reconnects();
    await app.runtime.pass(10_000);
    expect([seqsOf(app), app.gaps]).toEqual([[1, 2, 3], []]);
  });

  it('that are missing at the start of a new conversation are asked for', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1)], true);
    app.server.tell([one(2)]);
    await app.runtime.pass(2_000);
    expect([seqsOf(app), app.gaps]).toEqual([[1, 2], []]);
  });

  it.each(['first', 'last'])(
    'that a user who is added may see come at once; the frame with the number before them comes %s',
    async (when) => {
      const app = await LiveApp.live();
      const added = () => app.server.socket.push(ADDED);
      if (when === 'first') added();
      app.server.tell([one(8)]);
      if (when === 'last') added();
      expect(seqsOf(app)).toEqual([8]);
      app.server.tell([one(10)]);
      added();
      expect(seqsOf(app), 'number 9 is missing').toEqual([8]);
      await app.runtime.pass(MINUTE);
      expect([seqsOf(app), app.gaps]).toEqual([[8, 10], [{ channel: 'conversation:c1' }]]);
    },
  );

  it.each(['first', 'last'])(
    'that somebody who comes back may see come at once, and those from before are told as a gap; the frame comes %s',
    async (when) => {
      const app = await LiveApp.live();
      const added = () => app.server.socket.push(ADDED);
      app.server.tell([one(1), one(3)]);
      if (when === 'first') added();
      app.server.tell([one(8), one(10)]);
      if (when === 'last') added();
      expect(seqsOf(app), 'number 9 is missing').toEqual([1, 8]);
      added();
      await app.runtime.pass(4_000);
      expect([seqsOf(app), app.gaps]).toEqual([[1, 8], [{ channel: 'conversation:c1' }]]);
      await app.runtime.pass(MINUTE);
      expect(seqsOf(app)).toEqual([1, 8, 10]);
      expect(app.gaps, 'of what was before, and of number 9').toEqual(Array(2).fill({ channel: 'conversation:c1' }));
    },
  );

  it('from before the user was added, which no replay brings, are told as a gap of their conversation', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(8)]);
    await app.runtime.pass(MINUTE);
    expect([seqsOf(app), app.gaps]).toEqual([[8], [{ channel: 'conversation:c1' }]]);
    app.server.tell([one(9)]);
    expect(seqsOf(app)).toEqual([8, 9]);
  });

  it('that no replay brings are told as a gap of their conversation', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1)]);
    app.server.tell([one(3)]);
    await app.runtime.pass(MINUTE);
    expect(seqsOf(app)).toEqual([1, 3]);
    expect(app.gaps).toEqual([{ channel: 'conversation:c1' }]);
  });

  it('that came while there was no connection are replayed, of those conversations alone', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1), messageOf({ conversation: 'c2', seq: 1 })]);
    app.server.socket.cut();
    app.server.tell([one(2), one(3, { place: 2, version: 2 })], true);
    await app.isLive();
    await app.runtime.pass(5_000);
    expect([seqsOf(app), seqsOf(app, 'c2')]).toEqual([[1, 2, 3], [1]]);
    expect(app.server.channels('resume').filter((name) => name.startsWith('conversation:'))).toEqual([
      'conversation:c1',
    ]);
    expect(app.gaps).toEqual([]);
  });

  it('of a conversation that began while disconnected are told as a gap', async () => {
    const app = await LiveApp.live();
    app.server.socket.cut();
    app.server.tell([one(1)], true);
    await app.isLive();
    await app.runtime.pass(5_000);
    expect(app.gaps).toEqual([{ channel: 'conversation:c1' }]);
    app.server.tell([one(2)]);
    expect(seqsOf(app)).toEqual([2]);
  });

  it('that the server could not push are replayed after its `pong`', async () => {
    const app = await LiveApp.live();
    app.server.tell([one(1)]);
    app.server.tell([one(2)], true);
    app.server.missed = ['conversation:c1'];
    await app.runtime.pass(5 * MINUTE);
    expect(seqsOf(app)).toEqual([1, 2]);
  });

  it('that the server could not push before a handover are replayed at the handover', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: 2 * MINUTE } });
    app.server.tell([one(1)]);
    app.server.tell([one(2)], true);
    app.server.missed = ['conversation:c1'];
    await app.runtime.pass(2 * MINUTE + 5_000);
    expect([seqsOf(app), app.server.sockets.length]).toEqual([[1, 2], 2]);
  });

  it('that no frame tells of are found by a check, also when every connection is shorter than the check’s interval', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: 2 * MINUTE, checkMs: 5 * MINUTE } });
    app.server.tell([one(1)]);
    app.server.tell([one(2)], true);
    await app.runtime.pass(5 * MINUTE + 5_000);
    expect([seqsOf(app), app.gaps]).toEqual([[1, 2], []]);
    await app.runtime.pass(5 * MINUTE);
    const checks = app.server.sockets.flatMap(({ sent }) => sent.filter(({ action }) => action === 'check'));
    // One at the start, and one every five minutes.
    expect(checks).toHaveLength(3);
  });

  it('are compared once, also when the check is due while two connections are open', async () => {
    const timings = { lifetimeMs: MINUTE, overlapMs: 10_000, checkMs: MINUTE + 5_000 };
    const app = await LiveApp.live({ timings });
    await app.runtime.pass(MINUTE + 8_000);
    const checks = app.server.sockets.map(({ sent }) => sent.filter(({ action }) => action === 'check').length);
    expect(checks).toEqual([1, 1]);
  });

  it('that the app has read are not given again', async () => {
    const app = await LiveApp.live();
    const { message } = one(2);
    if (message) app.client.known([message]);
    app.server.tell([one(2), one(3)]);
    expect(seqsOf(app)).toEqual([3]);
  });

  it('are heard by listeners of their channel', async () => {
    const app = await LiveApp.live();
    const heard: number[] = [];
    app.client.channel('conversation:c1').on('message', ({ seq }) => heard.push(seq));
    const subscribed = app.client.subscribe('conversation:c1');
    await app.runtime.pass(100);
    await subscribed;
    app.server.tell([one(1), messageOf({ conversation: 'c2', seq: 1 })]);
    expect(heard).toEqual([1]);
  });
});

describe('a frame about a conversation beside its messages', () => {
  it('is told when it comes', async () => {
    const app = await LiveApp.live();
    const heard: ConversationNews[] = [];
    app.client.on('conversation', (news) => heard.push(news));
    const read = { type: 'conversation.read', conversationId: 'c1', username: 'bob', upTo: 3 };
    app.server.socket.push(read);
    expect(heard).toEqual([read]);
  });

  it('about typing is sent at most once in three seconds', async () => {
    const app = await LiveApp.live();
    for (const ms of [1_000, 1_000, 2_000]) {
      app.client.typing('c1');
      await app.runtime.pass(ms);
    }
    app.client.typing('c1');
    const typing = { action: 'typing', conversationId: 'c1' };
    expect(app.server.frames('typing')).toMatchObject([typing, typing]);
  });
});

describe('a subscription to a conversation', () => {
  it('is granted to its members, who hear it without asking', async () => {
    const app = await LiveApp.live();
    const subscribed = app.client.subscribe('conversation:c1');
    await app.runtime.pass(100);
    await expect(subscribed).resolves.toBeUndefined();
    expect(app.server.channels('subscribe')).toEqual(['conversation:c1']);
    await app.reconnects();
    expect(app.server.channels('subscribe'), 'on the next connection').toEqual([]);
  });

  it('is refused to everybody else', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.answer = (frame) =>
      frame.action === 'subscribe'
        ? server.ack(frame, { 'conversation:c1': 'unknown_channel' })
        : server.usualAnswer(frame);
    const refused = expect(app.client.subscribe('conversation:c1')).rejects.toMatchObject({ code: 'unknown_channel' });
    await app.runtime.pass(100);
    await refused;
    expect(app.refused).toEqual([['conversation:c1', 'unknown_channel']]);
    await app.runtime.pass(MINUTE);
    expect(app.server.frames('subscribe')).toHaveLength(1);
  });
});
