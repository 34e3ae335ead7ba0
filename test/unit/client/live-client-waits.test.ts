import { describe, expect, it } from 'vitest';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf, messageOf } from '../../support/live-events.ts';

const MINUTE = 60_000;
const told = (seq: number) => messageOf({ conversation: 'c1', seq });

describe('the first event of an author', () => {
  it('that comes before the first answer of the server is given with that answer', async () => {
    const app = new LiveApp();
    const { server } = app;
    server.answer = (frame) => {
      server.latencyMs = frame.action === 'check' ? 3_000 : 1;
      return server.usualAnswer(frame);
    };
    await app.runtime.until('the check', () => server.sockets.length > 0 && server.frames('check').length > 0);
    server.publish([eventOf({ seq: 2 })]);
    await app.runtime.pass(2_000);
    expect(app.seqs).toEqual([]);
    await app.isLive();
    expect([app.seqs, app.gaps]).toEqual([[2], []]);
  });

  it('that comes before its channel is granted is given when it is', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.latencyMs = 3_000;
    const subscribed = app.client.subscribe('all');
    await app.runtime.pass(1);
    server.publish([eventOf({ seq: 2, channels: ['all'] })]);
    await app.runtime.pass(2_000);
    expect(app.seqs).toEqual([]);
    await app.runtime.pass(1_000);
    await subscribed;
    expect(app.seqs).toEqual([2]);
  });

  it('does not wait longer than 15 s for a channel that is never granted', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.answer = (frame) =>
      frame.action === 'subscribe' ? { type: 'error', code: 'internal_error' } : server.usualAnswer(frame);
    void app.client.subscribe('all');
    await app.runtime.pass(1);
    server.publish([eventOf({ seq: 2, channels: ['all'] })]);
    await app.runtime.pass(15_000);
    expect(app.seqs).toEqual([2]);
  });
});

describe('a hole', () => {
  it('whose channel is never granted is told as a gap within a minute', async () => {
    const app = new LiveApp({ channels: ['author:alice'] });
    const { server } = app;
    server.answer = (frame) =>
      frame.action === 'subscribe' ? server.ack(frame, { 'author:alice': 'channel_full' }) : server.usualAnswer(frame);
    await app.isLive();
    server.publish([eventOf({ seq: 1 })]);
    server.publish([eventOf({ seq: 3 })]);
    await app.runtime.pass(MINUTE);
    expect([app.seqs, app.gaps]).toEqual([[1, 3], [{ author: 'alice' }]]);
    expect(app.states).toEqual(['live']);
  });

  it('of a conversation that was to be asked for without a connection is asked for on the next', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.tell([told(1)]);
    server.tell([told(2)], true);
    server.tell([told(3)]);
    server.handshake = 'refuse';
    server.socket.cut();
    await app.runtime.pass(5 * MINUTE);
    expect(app.gaps).toEqual([]);
    server.handshake = 'accept';
    await app.isLive();
    await app.runtime.pass(2_000);
    expect(app.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(app.gaps).toEqual([]);
  });

  it('of a conversation that the user has left, during its replay, holds nothing up for more than 15 s', async () => {
    const app = await LiveApp.live();
    const { server } = app;
    server.tell([told(1)]);
    server.answer = (frame) => (frame.action === 'resume' ? undefined : server.usualAnswer(frame));
    server.tell([told(3)]);
    await app.runtime.until('a replay', () => server.frames('resume').length > 0);
    server.socket.push({
      type: 'conversation.changed',
      conversation: { id: 'c1', members: ['bob'], createdAt: told(1).at },
      left: true,
    });
    await app.runtime.pass(15_000);
    expect(app.messages.map(({ seq }) => seq)).toEqual([1, 3]);
  });
});

it('a replay whose answers have no part for any channel is asked for four times, and told as a gap', async () => {
  const app = await LiveApp.live();
  const { server } = app;
  server.answer = (frame) =>
    frame.action === 'resume' ? { type: 'replay', events: [], parts: [] } : server.usualAnswer(frame);
  server.missed = ['timeline'];
  app.wake();
  await app.runtime.pass(15_000);
  expect(server.frames('resume')).toHaveLength(4);
  expect(app.gaps).toEqual([{ channel: 'timeline' }]);
});
