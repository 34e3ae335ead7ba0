import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PoolLimits, SocketPool } from '../../../src/signed-http/socket-pool.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { answerOf, OK, ScriptedServer } from '../../support/scripted-server.ts';
import { times } from '../../support/world.ts';

const LIMITS: PoolLimits = { sockets: 1, requestMs: 5_000, idleMs: 60_000 };
const requestOf = (body: string) =>
  Buffer.from(`POST /${body} HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`);

describe('pooled sockets', () => {
  let gateway: ScriptedServer;
  let pool: SocketPool;
  let now = 0;
  const open = (limits: Partial<PoolLimits> = {}, clock = () => Date.now() + now) => {
    pool = new SocketPool({
      address: { host: '127.0.0.1', port: gateway.port, isTls: false },
      limits: { ...LIMITS, ...limits },
      now: clock,
    });
  };
  beforeEach(async () => {
    now = 0;
    gateway = await ScriptedServer.start();
    open();
  });
  afterEach(async () => {
    pool.close();
    await gateway.stop();
  });

  const body = '{"message":"Gr\u00fc\u00dfe"}';
  it.each([
    ['with a length', answerOf(410, ['Date: today', 'Connection: keep-alive'], body)],
    [
      'chunked',
      `HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n13\r\n${body.slice(2)}\r\n0\r\n\r\n`,
    ],
  ])('take an answer %s, cut at any byte, and keep the socket', async (_, text) => {
    const answer = Buffer.from(text);
    for (const cut of times(answer.length - 1, (at) => at + 1)) {
      gateway.respond = (_, socket) => {
        socket.write(answer.subarray(0, cut), () => setImmediate(() => socket.write(answer.subarray(cut))));
      };
      const outcome = await pool.send(requestOf(`cut${cut}`));
      expect(outcome).toMatchObject({ kind: 'answer', status: 410 });
      expect(String(outcome.kind === 'answer' && outcome.body)).toBe(body);
    }
    expect(gateway.requests.length).toBe(answer.length - 1);
    expect(gateway.sockets.length).toBe(1);
  });

  it.each([
    ['with a length', answerOf(200, ['Connection: close'], body)],
    ['without a length', `HTTP/1.1 200 OK\r\n\r\n${body}`],
    ['of HTTP/1.0', `HTTP/1.0 200 OK\r\n\r\n${body}`],
  ])('take the body of the last answer of a connection, %s', async (_, answer) => {
    gateway.respond = (_, socket) => void socket.end(answer);
    for (const name of ['a', 'b']) {
      const outcome = await pool.send(requestOf(name));
      expect(String(outcome.kind === 'answer' && outcome.body)).toBe(body);
    }
    expect(gateway.sockets.length).toBe(2);
  });

  it('take an answer that comes byte by byte', async () => {
    gateway.respond = (_, socket) => {
      const rest = [...answerOf(200, [], 'body')];
      const next = () => {
        const byte = rest.shift();
        if (byte !== undefined) socket.write(byte, () => setImmediate(next));
      };
      next();
    };
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(await pool.send(requestOf('b'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(gateway.sockets.length).toBe(1);
  });

  it.each([
    ['chunked in a wrong way', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbody\r\n0\r\n\r\n'],
    ['of two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody'],
    ['the last one', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'],
    ['longer than it says', `${OK}surplus`],
    ['two at once', OK + OK],
  ])('believe the status and give up the socket when an answer is %s', async (_, answer) => {
    gateway.respond = (_, socket, nth) => void socket.write(nth === 0 ? answer : OK);
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(await pool.send(requestOf('b'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(gateway.requests.map(({ body, socketNumber }) => [body, socketNumber])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it.each([
    ['noise', 'noise'],
    ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(10_000)}`],
    ['nothing', ''],
    ['half a status', 'HTTP/1.1 2'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
  ])('call it unclear when %s comes before the end, and send the request no second time', async (_, answer) => {
    gateway.respond = (_, socket) => void socket.end(answer);
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'unclear' });
    gateway.respond = (_, socket) => void socket.write(OK);
    expect(await pool.send(requestOf('b'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(gateway.bodies()).toEqual(['a', 'b']);
  });

  it('answer `unclear` when the connection is reset instead of an answer', async () => {
    gateway.respond = (_, socket) => void socket.resetAndDestroy();
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'unclear' });
    expect(gateway.bodies()).toEqual(['a']);
  });

  it('use the status of an answer whose body breaks off', async () => {
    gateway.respond = (_, socket) => void socket.end('HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'answer', status: 410, body: undefined });
  });

  it('give no body of an answer without a length that is reset', async () => {
    gateway.respond = (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => setTimeout(() => socket.resetAndDestroy(), 20));
    };
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'answer', status: 200, body: undefined });
  });

  it('open a new socket when the old one was closed between two requests', async () => {
    await pool.send(requestOf('a'));
    gateway.sockets[0]?.end();
    await waitFor('the end to arrive', () => gateway.sockets[0]?.destroyed === true);
    expect(await pool.send(requestOf('b'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(gateway.bodies()).toEqual(['a', 'b']);
  });

  it('send nothing twice when the far end closes just as a request comes', async () => {
    await pool.send(requestOf('a'));
    gateway.sockets[0]?.destroy();
    // Not waited for: the end may or may not be known here yet.
    const { kind } = await pool.send(requestOf('b'));
    expect(['answer', 'unclear']).toContain(kind);
    expect(gateway.bodies().filter((body) => body === 'b').length).toBeLessThanOrEqual(1);
  });

  it('close a socket that receives bytes without a request', async () => {
    await pool.send(requestOf('a'));
    gateway.sockets[0]?.write(OK);
    await waitFor('the socket to be closed', () => gateway.sockets[0]?.destroyed === true);
    gateway.respond = (_, socket) => void socket.write(answerOf(410));
    expect(await pool.send(requestOf('b'))).toMatchObject({ kind: 'answer', status: 410 });
  });

  it('do not use a socket that was idle for long', async () => {
    await pool.send(requestOf('a'));
    now += LIMITS.idleMs - 1_000;
    await pool.send(requestOf('b'));
    expect(gateway.sockets.length).toBe(1);
    now += LIMITS.idleMs + 1_000;
    await pool.send(requestOf('c'));
    expect(gateway.requests.map(({ socketNumber }) => socketNumber)).toEqual([0, 0, 1]);
  });

  it.each([
    ['never comes', ''],
    ['never ends', 'HTTP/1.1 200 OK\r\nx: '],
  ])('wait for an answer that %s only so long', async (_, start) => {
    open({ requestMs: 80 });
    gateway.respond = (_, socket) => {
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write(start && 'x')), 10);
      socket.write(start);
    };
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'unclear' });
    expect(gateway.bodies()).toEqual(['a']);
  });

  it('answer `unsent` when nobody listens', async () => {
    await gateway.stop();
    expect(await pool.send(requestOf('a'))).toMatchObject({ kind: 'unsent' });
  });

  it('are no more than allowed, each with one request at a time', async () => {
    open({ sockets: 3 });
    const unanswered: Socket[] = [];
    gateway.respond = (_, socket) => {
      unanswered.push(socket);
      expect(new Set(unanswered).size).toBe(unanswered.length);
      if (unanswered.length === 3) for (const each of unanswered.splice(0)) each.write(OK);
    };
    const names = times(30, (at) => `request${at}`);
    const outcomes = await Promise.all(names.map((name) => pool.send(requestOf(name))));
    expect(outcomes).toMatchObject(times(30, () => ({ kind: 'answer', status: 200 })));
    expect(gateway.bodies().sort()).toEqual(names.sort());
    expect(gateway.sockets.length).toBe(3);
  });

  it('serve those that wait in their order', async () => {
    const names = times(30, (at) => `request${at}`);
    await Promise.all(names.map((name) => pool.send(requestOf(name))));
    expect(gateway.bodies()).toEqual(names);
  });

  it('serve those that wait when the others fail', async () => {
    gateway.respond = (_, socket, nth) => void (nth % 2 === 0 ? socket.destroy() : socket.write(OK));
    const outcomes = await Promise.all(times(10, (at) => pool.send(requestOf(`request${at}`))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(times(10, (at) => (at % 2 === 0 ? 'unclear' : 'answer')));
    expect(gateway.requests.length).toBe(10);
  });

  it('settle what is under way and what waits when they are closed', async () => {
    gateway.respond = () => {};
    const outcomes = Promise.all([pool.send(requestOf('a')), pool.send(requestOf('b'))]);
    await waitFor('the first request', () => gateway.requests.length === 1);
    pool.close();
    expect((await outcomes).map(({ kind }) => kind)).toEqual(['unclear', 'unsent']);
  });
});
