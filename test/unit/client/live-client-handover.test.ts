import { describe, expect, it } from 'vitest';
import { LiveApp, newServer } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

const SECOND = 1_000;
const MINUTE = 60_000;

describe('a handover', () => {
  it('happens before the two-hour limit, and no event is lost or comes twice', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: MINUTE } });
    const [first] = app.server.sockets;
    app.server.publish([eventOf({ seq: 1 })]);
    await app.runtime.until('a successor', () => app.server.sockets.length === 2);
    const both = app.server.sockets.slice(0, 2);
    // The first part comes by the old one only, the next by both, the rest by the new one only.
    app.server.publish([eventOf({ seq: 2 })], both.slice(0, 1));
    await app.runtime.until('it to resume', () => app.server.frames('resume', both[1]).length > 0);
    app.server.publish([eventOf({ seq: 3 })], both);
    await app.runtime.until('the old one to be closed', () => first?.isClosed === true);
    app.server.publish([eventOf({ seq: 4 })]);
    expect(app.seqs).toEqual([1, 2, 3, 4]);
    expect(app.states).toEqual(['live']);
    expect(app.gaps).toEqual([]);
  });

  it('keeps the old connection while the next one is refused', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: MINUTE } });
    app.server.handshake = 'refuse';
    await app.runtime.pass(1.5 * MINUTE);
    const [first] = app.server.sockets;
    expect(first?.isClosed).toBe(false);
    if (first) app.server.publish([eventOf({ seq: 1 })], [first]);
    expect(app.seqs).toEqual([1]);
    app.server.handshake = 'accept';
    await app.runtime.until('the handover', () => first?.isClosed === true);
    expect(app.states).toEqual(['live']);
  });

  it.each(['opens', 'is live'])(
    'stays, when the server closes the old connection as one too many: the new one %s',
    async (when) => {
      const app = await LiveApp.live({ timings: { lifetimeMs: MINUTE, overlapMs: 5_000 } });
      const [first] = app.server.sockets;
      await app.runtime.until('a successor', () => app.server.sockets.length === 2);
      if (when === 'is live') await app.runtime.pass(1_000);
      first?.push({ type: 'error', code: 'replaced', message: 'Younger connections' });
      await app.runtime.pass(1_000);
      app.server.publish([eventOf({ seq: 1 })]);
      expect([first?.isClosed, app.seqs, app.client.state]).toEqual([true, [1], 'live']);
    },
  );

  it('does not wake the client again and again for a check that falls due on the old connection', async () => {
    const app = await LiveApp.live({ timings: { lifetimeMs: MINUTE, overlapMs: 2_000, checkMs: MINUTE + 1_000 } });
    // Without an end to this, time would stand still here.
    await app.runtime.pass(1.5 * MINUTE);
    const checks = app.server.sockets.map(({ sent }) => sent.filter(({ action }) => action === 'check').length);
    expect(checks).toEqual([1, 1]);
  });

  it('becomes a reconnect when the old socket is dead, and tells what may have been missed', async () => {
    const app = await LiveApp.live({ channels: ['topic:aws'], timings: { lifetimeMs: MINUTE } });
    await app.runtime.pass(MINUTE - 1);
    app.server.socket.isDead = true;
    await app.runtime.pass(MINUTE);
    expect(app.gaps).toEqual([{ channel: 'topic:aws' }]);
    expect(app.server.frames('check')).toHaveLength(1);
  });

  it('is never begun twice, also when the socket dies meanwhile', async () => {
    const server = newServer();
    let waiting = 0;
    let most = 0;
    const ticket = async () => {
      most = Math.max(most, ++waiting);
      await new Promise<void>((resolve) => server.runtime.setTimeout(resolve, 5_000));
      waiting--;
      return 't';
    };
    const app = await LiveApp.live({ ticket, timings: { lifetimeMs: MINUTE } }, server);
    await app.runtime.pass(MINUTE + SECOND);
    app.server.socket.cut();
    app.wake();
    expect(app.client.state).toBe('connecting');
    await app.runtime.pass(MINUTE / 2);
    expect([most, app.server.sockets.length, app.client.state]).toEqual([1, 2, 'live']);
  });
});
