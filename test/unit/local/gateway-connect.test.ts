import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { waitFor } from '../../../tools/support/measure.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

describe('a handshake', () => {
  it('is shown to $connect with its query and headers, and opens the socket when that agrees', async () => {
    run = await GatewayRun.start();
    await run.connect('/dev?ticket=a%20b&n=1');
    const [event] = run.eventsOf('$connect');
    expect(event).toMatchObject({
      queryStringParameters: { ticket: 'a b', n: '1' },
      headers: { Host: expect.any(String), 'Sec-WebSocket-Version': '13', 'X-Forwarded-Proto': 'https' },
      requestContext: { routeKey: '$connect', eventType: 'CONNECT', stage: 'dev' },
    });
    expect(event?.requestContext.connectionId).toMatch(/^[\w+/]{15}=$/);
    expect(run.gateway.connectionCount).toBe(1);
  });

  it("has the client's names of headers, its user agent, and times as API Gateway writes them", async () => {
    const clock = new FakeClock();
    run = await GatewayRun.start({}, { clock });
    const socket = new WebSocket(run.endpoint.replace('http', 'ws'), {
      headers: { 'X-Mine': '1', 'User-Agent': 'test' },
    });
    await once(socket, 'open');
    const [event] = run.eventsOf('$connect');
    expect(event?.headers).toMatchObject({ 'X-Mine': '1', 'X-Forwarded-For': '127.0.0.1' });
    expect(Object.keys(event?.headers ?? {})).not.toContain('Upgrade');
    expect(event?.requestContext).toMatchObject({
      identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
      domainName: expect.stringMatching(/^localhost:\d+$/),
      requestTime: '02/Jan/2026:03:04:05 +0000',
      requestTimeEpoch: clock.now(),
    });
  });

  it('has no query in its event when there is none', async () => {
    run = await GatewayRun.start();
    await run.connect();
    expect(run.events[0]).not.toHaveProperty('queryStringParameters');
  });

  it.each([401, 403, 500, 302])('is refused with the status that $connect answers: %i', async (statusCode) => {
    run = await GatewayRun.start({ $connect: () => ({ statusCode }) });
    await expect(run.connect()).rejects.toThrow(`Unexpected server response: ${statusCode}`);
    expect(run.gateway.connectionCount).toBe(0);
    expect(run.eventsOf('$disconnect')).toEqual([]);
  });

  it('is refused when $connect throws, and the error is reported', async () => {
    run = await GatewayRun.start({
      $connect: () => {
        throw new Error('no table');
      },
    });
    await expect(run.connect()).rejects.toThrow('Unexpected server response: 502');
    expect(run.reports).toEqual(['$connect failed: no table']);
  });

  it('that $connect has not answered does not keep the gateway from closing', async () => {
    run = await GatewayRun.start({ $connect: () => new Promise(() => {}) });
    const refused = expect(run.connect()).rejects.toThrow();
    await waitFor('$connect', () => run?.eventsOf('$connect').length === 1);
    await run.gateway.close();
    await refused;
  });

  it.each([
    ['another protocol', { Upgrade: 'h2c' }],
    ['no key', { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    ['an old version', { Upgrade: 'websocket', 'Sec-WebSocket-Version': '8', 'Sec-WebSocket-Key': 'a' }],
  ])('that is none is refused before $connect sees it: %s', async (_name, headers) => {
    run = await GatewayRun.start();
    const refused = request(run.endpoint, { headers: { Connection: 'Upgrade', ...headers } }).end();
    const [response] = await once(refused, 'response');
    expect(response.statusCode).toBe(400);
    expect(run.events).toEqual([]);
  });

  it('agrees to the subprotocol that $connect names, and to none by itself', async () => {
    run = await GatewayRun.start({ $connect: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'b' } }) });
    const agreed = new WebSocket(run.endpoint.replace('http', 'ws'), ['a', 'b']);
    await once(agreed, 'open');
    expect(agreed.protocol).toBe('b');
    await run.gateway.close();
    run = await GatewayRun.start();
    const alone = new WebSocket(run.endpoint.replace('http', 'ws'), ['a', 'b']);
    await expect(once(alone, 'open')).rejects.toThrow('no subprotocol');
  });

  it('of which there are too many in one second is refused with 429, and not in the next', async () => {
    const clock = new FakeClock();
    run = await GatewayRun.start({}, { clock, limits: { newConnectionsPerSecond: 2 } });
    await run.connect();
    await run.connect();
    await expect(run.connect()).rejects.toThrow('Unexpected server response: 429');
    clock.pass(1_000);
    await run.connect();
    expect(run.gateway.connectionCount).toBe(3);
  });

  it('at an address that is none is refused, and the gateway goes on', async () => {
    run = await GatewayRun.start();
    await expect(run.connect('//')).rejects.toThrow('Unexpected server response: 400');
    await run.connect();
    expect(run.gateway.connectionCount).toBe(1);
  });

  it('gives every connection an id of its own', async () => {
    run = await GatewayRun.start();
    for (let count = 0; count < 20; count++) await run.connect();
    expect(new Set(run.events.map(({ requestContext }) => requestContext.connectionId)).size).toBe(20);
  });
});

describe('a post before $connect has returned', () => {
  it('finds nobody, as on AWS', async () => {
    let status = 0;
    const posting: GatewayRun = await GatewayRun.start({
      $connect: async ({ requestContext }) => {
        status = (await posting.manage('POST', requestContext.connectionId, 'too early')).status;
        return { statusCode: 200 };
      },
    });
    run = posting;
    const { client, connectionId } = await posting.connected();
    expect(status).toBe(410);
    expect((await posting.manage('POST', connectionId, 'in time')).status).toBe(200);
    await waitFor('the frame', () => client.messages.length > 0);
    expect(client.messages).toEqual(['in time']);
  });
});

describe('the end of a connection', () => {
  it('is told to $disconnect once, with the code that the client gave', async () => {
    run = await GatewayRun.start();
    const { client, connectionId } = await run.connected();
    client.socket.close(4_000, 'enough');
    await client.closed;
    await waitFor('$disconnect', () => run?.gateway.connectionCount === 0);
    // A second connection comes and goes, so that a second call for the first would have been seen.
    const other = await run.connected();
    other.client.socket.close();
    await waitFor('the other $disconnect', () => (run?.eventsOf('$disconnect').length ?? 0) >= 2);
    expect(run.eventsOf('$disconnect').map(({ requestContext }) => requestContext.connectionId)).toEqual([
      connectionId,
      other.connectionId,
    ]);
    expect(run.eventsOf('$disconnect')[0]?.requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      disconnectStatusCode: 4_000,
      disconnectReason: 'enough',
      connectionId,
    });
  });

  it('is told to $disconnect when the network fails, with 1006', async () => {
    run = await GatewayRun.start();
    const { client } = await run.connected();
    run.gateway.cutAll();
    expect((await client.closed).code).toBe(1006);
    await waitFor('$disconnect', () => run?.eventsOf('$disconnect').length === 1);
    expect(run.eventsOf('$disconnect')[0]?.requestContext.disconnectStatusCode).toBe(1006);
  });

  it('is told to nobody when a test drops it', async () => {
    let isDropped = true;
    run = await GatewayRun.start({}, { dropsDisconnect: () => isDropped });
    const first = await run.connected();
    first.client.socket.close();
    await first.client.closed;
    await waitFor('the first to be gone', () => run?.gateway.connectionCount === 0);
    isDropped = false;
    const second = await run.connected();
    second.client.socket.close();
    await waitFor('$disconnect', () => (run?.eventsOf('$disconnect').length ?? 0) > 0);
    expect(run.eventsOf('$disconnect').map(({ requestContext }) => requestContext.connectionId)).toEqual([
      second.connectionId,
    ]);
  });
});
