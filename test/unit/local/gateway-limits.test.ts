import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { PerSecond } from '../../../local/gateway/limits.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

const MINUTE = 60_000;

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

const startWithClock = async () => {
  const clock = new FakeClock();
  run = await GatewayRun.start(
    { $default: ({ body }) => ({ statusCode: 200, body }), quiet: () => ({ statusCode: 200 }) },
    { clock },
  );
  return { clock, run, ...(await run.connected()) };
};

/** Both cuts, the idle one and the one after two hours, are still to come. */
const bothCutsToCome = 2;

describe('an idle connection', () => {
  it('is cut after ten minutes, and not before', async () => {
    const { clock, run, client } = await startWithClock();
    clock.pass(10 * MINUTE - 1);
    expect(clock.pending).toBe(bothCutsToCome);
    clock.pass(1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    await waitFor('$disconnect', () => run.eventsOf('$disconnect').length === 1);
  });

  it.each<[string, (connected: Awaited<ReturnType<typeof startWithClock>>) => Promise<unknown>]>([
    [
      'a frame comes from the client',
      async ({ run, client }) => {
        client.send({ action: 'quiet' });
        await waitFor('the call', () => run.eventsOf('quiet').length === 1);
      },
    ],
    ['a frame is pushed to it', ({ run, connectionId }) => run.manage('POST', connectionId, 'hello')],
    [
      'the client sends a ping of the protocol',
      ({ client }) => {
        client.socket.ping();
        return once(client.socket, 'pong');
      },
    ],
  ])('stays for another ten minutes when %s', async (_name, act) => {
    const connected = await startWithClock();
    const { clock, client } = connected;
    clock.pass(9 * MINUTE);
    await act(connected);
    clock.pass(10 * MINUTE - 1);
    expect(clock.pending).toBe(bothCutsToCome);
    clock.pass(1);
    expect((await client.closed).code).toBe(1001);
  });
});

describe('a connection that is never idle', () => {
  it('is cut after two hours all the same', async () => {
    const { clock, run, client, connectionId } = await startWithClock();
    for (let passed = 5; passed < 120; passed += 5) {
      clock.pass(5 * MINUTE);
      expect((await run.manage('POST', connectionId, 'hello')).status).toBe(200);
    }
    clock.pass(5 * MINUTE);
    expect((await client.closed).code).toBe(1001);
  });
});

describe('a connection that has closed', () => {
  it('leaves no alarm behind', async () => {
    const { clock, run, client } = await startWithClock();
    expect(clock.pending).toBe(bothCutsToCome);
    client.send('ping');
    await waitFor('the answer', () => client.messages.length === 1);
    expect(clock.pending).toBe(bothCutsToCome);
    client.socket.close();
    await waitFor('$disconnect', () => run.eventsOf('$disconnect').length === 1);
    expect(clock.pending).toBe(0);
  });
});

describe('a frame from a client', () => {
  it('may have 32 KB', async () => {
    const { client } = await startWithClock();
    client.send('x'.repeat(32 * 1024));
    await waitFor('the answer', () => client.messages.length === 1);
    expect(client.messages[0]).toHaveLength(32 * 1024);
  });

  it('may be one of several of a message, which has 128 KB', async () => {
    const { client } = await startWithClock();
    for (const fin of [false, false, false, true]) client.socket.send('x'.repeat(32 * 1024), { fin });
    await waitFor('the answer', () => client.messages.length === 1);
    expect(client.messages[0]).toHaveLength(128 * 1024);
  });

  it('that is too large closes the socket also when a message has smaller ones before it', async () => {
    const { run, client } = await startWithClock();
    client.socket.send('x'.repeat(100), { fin: false });
    client.socket.send('x'.repeat(32 * 1024 + 1), { fin: true });
    expect((await client.closed).code).toBe(1009);
    expect(run.eventsOf('$default')).toEqual([]);
  });

  it.each([
    ['one byte more', 'x'.repeat(32 * 1024 + 1)],
    ['more bytes than characters', 'ü'.repeat(20 * 1024)],
    ['more than a whole message may have', 'x'.repeat(200 * 1024)],
  ])('closes the socket with 1009 when it has %s, and reaches no function', async (_name, frame) => {
    const { run, client } = await startWithClock();
    client.send(frame);
    expect((await client.closed).code).toBe(1009);
    await waitFor('$disconnect', () => run.eventsOf('$disconnect').length === 1);
    expect(run.eventsOf('$default')).toEqual([]);
  });
});

describe('a rate', () => {
  it('begins anew with each second', () => {
    const clock = new FakeClock();
    const rate = new PerSecond(2, clock.now);
    expect([rate.take(), rate.take(), rate.take()]).toEqual([true, true, false]);
    clock.pass(1_000);
    expect([rate.take(), rate.take(), rate.take()]).toEqual([true, true, false]);
  });
});

describe('a binary frame', () => {
  it('closes the connection, and reaches no function', async () => {
    const { run, client } = await startWithClock();
    client.socket.send(Buffer.from('{"action":"quiet"}'), { binary: true });
    expect((await client.closed).code).toBe(1003);
    expect(run.eventsOf('quiet')).toEqual([]);
  });
});
