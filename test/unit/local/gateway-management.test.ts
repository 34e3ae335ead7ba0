import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

const nameOf = (response: Response) => response.headers.get('x-amzn-errortype');

describe('@connections', () => {
  it('POST sends a frame to that connection and no other', async () => {
    run = await GatewayRun.start();
    const alice = await run.connected();
    const bob = await run.connected();
    expect((await run.manage('POST', alice.connectionId, '{"type":"pong"}')).status).toBe(200);
    expect((await run.manage('POST', bob.connectionId, 'for bob')).status).toBe(200);
    await waitFor('the frames', () => alice.client.messages.length + bob.client.messages.length >= 2);
    expect([alice.client.messages, bob.client.messages]).toEqual([['{"type":"pong"}'], ['for bob']]);
  });

  it('answers behind the name of the stage too', async () => {
    run = await GatewayRun.start();
    const { client, connectionId } = await run.connected();
    const url = `${run.endpoint}/dev/@connections/${encodeURIComponent(connectionId)}`;
    expect((await fetch(url, { method: 'POST', body: 'hello' })).status).toBe(200);
    await waitFor('the frame', () => client.messages.length > 0);
  });

  it('GET tells since when a connection is open, and when it was last active', async () => {
    const clock = new FakeClock();
    run = await GatewayRun.start({}, { clock });
    const { connectionId } = await run.connected();
    clock.pass(60_000);
    await run.manage('POST', connectionId, 'hello');
    clock.pass(60_000);
    const response = await run.manage('GET', connectionId);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      connectedAt: '2026-01-02T03:04:05.000Z',
      lastActiveAt: '2026-01-02T03:05:05.000Z',
      identity: { sourceIp: '127.0.0.1', userAgent: '' },
    });
  });

  it('DELETE closes the socket, and then it is gone', async () => {
    run = await GatewayRun.start();
    const { client, connectionId } = await run.connected();
    expect((await run.manage('DELETE', connectionId)).status).toBe(204);
    expect((await client.closed).code).toBe(1000);
    await waitFor('$disconnect', () => run?.eventsOf('$disconnect').length === 1);
    expect((await run.manage('DELETE', connectionId)).status).toBe(410);
  });

  it.each(['POST', 'GET', 'DELETE'])(
    '%s answers 410 GoneException for a connection that has closed',
    async (method) => {
      run = await GatewayRun.start();
      const { client, connectionId } = await run.connected();
      client.socket.close();
      await waitFor('it to be gone', () => run?.gateway.connectionCount === 0);
      const response = await run.manage(method, connectionId, method === 'POST' ? 'hello' : undefined);
      expect([response.status, nameOf(response)]).toEqual([410, 'GoneException']);
    },
  );

  it('takes 128 KB, and answers 413 PayloadTooLargeException to one byte more', async () => {
    run = await GatewayRun.start();
    const { client, connectionId } = await run.connected();
    expect((await run.manage('POST', connectionId, 'x'.repeat(128 * 1024))).status).toBe(200);
    const response = await run.manage('POST', connectionId, 'x'.repeat(128 * 1024 + 1));
    expect([response.status, nameOf(response)]).toEqual([413, 'PayloadTooLargeException']);
    await waitFor('the frame', () => client.messages.length > 0);
    expect(client.messages.map(({ length }) => length)).toEqual([128 * 1024]);
  });

  it('counts the bytes of a message and not its characters', async () => {
    run = await GatewayRun.start();
    const { connectionId } = await run.connected();
    expect((await run.manage('POST', connectionId, 'ü'.repeat(100 * 1024))).status).toBe(413);
  });

  it('answers 429 LimitExceededException above its rate, over all connections and methods', async () => {
    const clock = new FakeClock();
    run = await GatewayRun.start({}, { clock, limits: { postsPerSecond: 3 } });
    const alice = await run.connected();
    const bob = await run.connected();
    const statuses = [
      (await run.manage('POST', alice.connectionId, 'hello')).status,
      (await run.manage('POST', bob.connectionId, 'hello')).status,
      (await run.manage('GET', bob.connectionId)).status,
    ];
    const refused = await run.manage('POST', alice.connectionId, 'hello');
    expect([...statuses, refused.status, nameOf(refused)]).toEqual([200, 200, 200, 429, 'LimitExceededException']);
    clock.pass(1_000);
    expect((await run.manage('POST', alice.connectionId, 'hello')).status).toBe(200);
  });

  it('answers 403 ForbiddenException to any other path', async () => {
    run = await GatewayRun.start();
    const response = await fetch(`${run.endpoint}/elsewhere`);
    expect([response.status, nameOf(response)]).toEqual([403, 'ForbiddenException']);
  });

  it('answers 400 BadRequestException to an id that can not be decoded, and goes on', async () => {
    run = await GatewayRun.start();
    const response = await fetch(`${run.endpoint}/@connections/%zz`, { method: 'POST', body: 'hello' });
    expect([response.status, nameOf(response)]).toEqual([400, 'BadRequestException']);
    const { connectionId } = await run.connected();
    expect((await run.manage('POST', connectionId, 'hello')).status).toBe(200);
  });

  it('goes on after a caller that leaves in the middle of a body', async () => {
    run = await GatewayRun.start();
    const { connectionId } = await run.connected();
    const caller = createConnection(Number(new URL(run.endpoint).port), '127.0.0.1');
    await once(caller, 'connect');
    caller.write(
      `POST /@connections/${encodeURIComponent(connectionId)} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`,
    );
    await waitFor('the bytes to be written', () => caller.writableLength === 0);
    caller.resetAndDestroy();
    await once(caller, 'close');
    for (let count = 0; count < 5; count++) expect((await run.manage('POST', connectionId, 'hello')).status).toBe(200);
  });
});
