import { describe, expect, it } from 'vitest';
import { platform } from '../../../client/runtime.ts';
import { SocketSession } from '../../../client/socket-session.ts';
import type { ServerFrame } from '../../../client/types.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeSocket } from '../../support/fake-server.ts';
import { eventOf } from '../../support/live-events.ts';

const PONG: ServerFrame = { type: 'pong', at: '2026-01-02T03:04:05.000Z' };

const opening = (socket = new FakeSocket(), answerMs = 10_000) => {
  const frames: ServerFrame[] = [];
  const closed: SocketSession[] = [];
  const handlers = {
    onFrame: (frame: ServerFrame) => void frames.push(frame),
    onClose: (session: SocketSession) => void closed.push(session),
  };
  return { socket, frames, closed, session: SocketSession.open(socket, handlers, answerMs, platform) };
};

const opened = async (answerMs?: number) => {
  const { session, ...rest } = opening(new FakeSocket(), answerMs);
  rest.socket.emit('open');
  return { ...rest, session: await session };
};

describe('SocketSession', () => {
  it('is open from when the socket is', async () => {
    const { session } = await opened();
    expect(session.isOpen).toBe(true);
  });

  it('does not open when the handshake is refused', async () => {
    const { socket, session } = opening();
    socket.emit('error');
    socket.cut();
    await expect(session).rejects.toThrow('The connection was refused');
  });

  it('does not open when the socket closes first', async () => {
    const { socket, session } = opening();
    socket.cut();
    await expect(session).rejects.toThrow('The connection was closed');
  });

  it('gives up a handshake that nobody answers', async () => {
    const { socket, session } = opening(new FakeSocket(), 20);
    await expect(session).rejects.toThrow('not accepted in time');
    expect(socket.isClosed).toBe(true);
  });

  it('gives each request the answer with its id, in whatever order they come', async () => {
    const { session, socket } = await opened();
    const [first, second] = [session.request({ action: 'ping' }), session.request({ action: 'ping' })];
    const [one, two] = socket.sent.map(({ id }) => id);
    expect(one).not.toBe(two);
    socket.push({ ...PONG, id: `${two}`, latest: 'second' });
    socket.push({ ...PONG, id: `${one}`, latest: 'first' });
    expect(await Promise.all([first, second])).toMatchObject([{ latest: 'first' }, { latest: 'second' }]);
  });

  it('rejects a request with the code of its error frame', async () => {
    const { session, socket } = await opened();
    const request = session.request({ action: 'subscribe', channel: 'nowhere' });
    socket.push({ type: 'error', id: `${socket.sent[0]?.id}`, code: 'unknown_channel', message: 'None' });
    await expect(request).rejects.toMatchObject({ name: 'FrameError', code: 'unknown_channel', message: 'None' });
  });

  it('hands on frames that answer no request', async () => {
    const { session, socket, frames } = await opened();
    const pending = session.request({ action: 'ping' });
    const unasked: ServerFrame[] = [
      { type: 'events', events: [eventOf({ seq: 1 })] },
      { ...PONG, id: 'of another' },
      { type: 'error', code: 'busy', message: 'Busy' },
    ];
    for (const frame of unasked) socket.push(frame);
    expect(frames).toEqual(unasked);
    socket.push({ ...PONG, id: `${socket.sent[0]?.id}` });
    await pending;
    expect(frames).toHaveLength(3);
  });

  it('rejects what is under way, and what comes later, when the socket closes', async () => {
    const { session, socket, closed } = await opened();
    const pending = session.request({ action: 'ping' });
    socket.cut();
    await expect(pending).rejects.toThrow('Disconnected');
    await expect(session.request({ action: 'ping' })).rejects.toThrow('Disconnected');
    expect(session.isOpen).toBe(false);
    expect(closed).toEqual([session]);
  });

  it('counts as closed when the server leaves a request without an answer', async () => {
    const { session, socket, closed } = await opened(20);
    socket.isDead = true;
    await expect(session.request({ action: 'ping' })).rejects.toThrow('Disconnected');
    expect(session.isOpen).toBe(false);
    expect(socket.isClosed).toBe(true);
    expect(closed).toEqual([session]);
    socket.cut();
    expect(closed).toHaveLength(1);
  });

  it('stays open when its answers come in time, however long it lasts', async () => {
    const { session, socket, closed } = await opened(30);
    const pending = session.request({ action: 'ping' });
    socket.push({ ...PONG, id: `${socket.sent[0]?.id}` });
    await pending;
    const later = performance.now() + 60;
    await waitFor('the time of an answer to pass', () => performance.now() > later);
    expect([session.isOpen, socket.isClosed, closed.length]).toEqual([true, false, 0]);
  });

  it('closes its socket', async () => {
    const { session, socket } = await opened();
    session.close();
    expect(socket.isClosed).toBe(true);
  });
});
