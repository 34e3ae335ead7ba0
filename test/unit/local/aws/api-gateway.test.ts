import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../../local/aws/account.ts';
import { type HttpRequest, SimulatedHttpApi } from '../../../../local/aws/http-api.ts';
import { InvocationError } from '../../../../local/aws/lambda.ts';
import { VirtualTime } from '../../../../tools/simulation/virtual-time.ts';
import { gatewayScene } from '../../../support/simulated-gateway.ts';

const MINUTE = 60_000;

describe('a simulated WebSocket API', () => {
  it('opens a socket when $connect has answered, and answers 410 for it until then', async () => {
    const { open, post, run } = gatewayScene({ connectMs: 7_000 });
    const { heard } = open();
    await run(1_000);
    expect(await post('c1')).toBe(410);
    await run(7_000);
    expect(heard).toEqual(['open']);
    expect(await post('c1')).toBe(200);
    expect(heard).toEqual(['open', 'hello']);
  });

  it('refuses a handshake when the function does', async () => {
    const { open, post, run } = gatewayScene({ connectStatus: 401 });
    const { heard } = open();
    await run(1_000);
    expect(heard).toEqual(['error', 'close 1006']);
    expect(await post('c1')).toBe(410);
  });

  it('has only so many new connections a second', async () => {
    const { open, run } = gatewayScene({ limits: { newConnectionsPerSecond: 2 } });
    const sockets = [open(), open(), open()];
    await run(500);
    expect(sockets.map(({ heard }) => heard[0])).toEqual(['open', 'open', 'error']);
  });

  it('notes a device that leaves while its handshake is under way', async () => {
    const { open, post, routes, run } = gatewayScene({ connectMs: 1_000 });
    const { socket } = open();
    await run(500);
    socket.close();
    await run(5_000);
    expect(routes).toEqual(['$connect c1', '$disconnect c1 1006']);
    expect(await post('c1')).toBe(410);
  });

  it('answers 413 for a message above 128 KB, and ends a connection whose frame is above 32 KB', async () => {
    const { open, post, run, routes } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    expect(await post('c1', 'x'.repeat(128 * 1024 + 1))).toBe(413);
    expect(await post('c1', 'x'.repeat(128 * 1024))).toBe(200);
    socket.send('x'.repeat(32 * 1024 + 1));
    await run(1_000);
    expect(heard.at(-1)).toBe('close 1009');
    expect(routes.at(-1)).toBe('$disconnect c1 1009');
  });

  it('answers 429 above the rate of the account', async () => {
    const { gateway, open, run } = gatewayScene({ requestsPerSecond: 2 });
    open();
    await run(1_000);
    const posts = [1, 2, 3].map(() => gateway.post('c1', 'x'));
    await run(100);
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('cuts a connection on which nothing has come or gone for ten minutes', async () => {
    const { open, post, run } = gatewayScene();
    const { socket, heard } = open();
    await run(9 * MINUTE);
    socket.send('{}');
    await run(9 * MINUTE);
    await post('c1');
    await run(9 * MINUTE);
    expect(heard).toEqual(['open', 'hello']);
    await run(2 * MINUTE);
    expect(heard.at(-1)).toBe('close 1001');
  });

  it('cuts every connection after two hours', async () => {
    const { open, run } = gatewayScene();
    const { socket, heard } = open();
    for (let minute = 0; minute < 119; minute++) {
      await run(MINUTE);
      socket.send('{}');
    }
    expect(heard).toEqual(['open']);
    await run(2 * MINUTE);
    expect(heard).toEqual(['open', 'close 1001']);
  });

  it('takes frames for a half-open socket until TCP gives it up, and none arrives', async () => {
    const { open, post, routes, run } = gatewayScene();
    const { socket, heard } = open();
    await run(1_000);
    socket.silence();
    expect(await post('c1')).toBe(200);
    await run(80_000);
    expect(await post('c1')).toBe(200);
    await run(20_000);
    expect(await post('c1')).toBe(410);
    expect(routes.at(-1)).toBe('$disconnect c1 1006');
    expect(heard).toEqual(['open']);
  });

  it('gives its answer to what a client sends, and says so when the function fails', async () => {
    const { open, run } = gatewayScene({
      answer: (body) => (body === 'good' ? { statusCode: 200, body: 'yes' } : { statusCode: 500 }),
    });
    const { socket, heard } = open();
    await run(1_000);
    socket.send('good');
    socket.send('bad');
    await run(1_000);
    expect(heard.slice(0, 2)).toEqual(['open', 'yes']);
    expect(heard[2]).toContain('Internal server error');
  });

  it.each([
    ['throttled', 429],
    ['failed', 500],
    ['hangs', 'timeout'],
  ] as const)('fails a post when the plan says so: %s', async (fault, status) => {
    const { open, post, run } = gatewayScene({ postFault: () => fault });
    const { heard } = open();
    await run(1_000);
    expect(await post('c1')).toBe(status);
    expect(heard).toEqual(['open']);
  });

  it('loses a frame that it has accepted, and only that one', async () => {
    const { open, post, run } = gatewayScene({ postFault: (frame) => (frame === 'a' ? 'lost' : 'none') });
    const { heard } = open();
    await run(1_000);
    expect([await post('c1', 'a'), await post('c1', 'b')]).toEqual([200, 200]);
    expect(heard).toEqual(['open', 'b']);
  });

  it.each([
    [false, ['$connect c1', '$disconnect c1 1006']],
    [true, ['$connect c1']],
  ])('calls $disconnect with best effort: dropped %s', async (dropsDisconnect, expected) => {
    const { open, routes, run } = gatewayScene({ dropsDisconnect });
    const { socket } = open();
    await run(1_000);
    socket.reset();
    await run(1_000);
    expect(routes).toEqual(expected);
  });

  it('closes a socket that the function wants closed', async () => {
    const { gateway, open, routes, run } = gatewayScene();
    const { heard } = open();
    await run(1_000);
    void gateway.close('c1');
    await run(1_000);
    expect(heard).toEqual(['open', 'close 1001']);
    expect(routes.at(-1)).toBe('$disconnect c1 1001');
  });
});

describe('a simulated HTTP API', () => {
  const setUp = (invoke: (event: unknown) => Promise<unknown>, perSecond = 10_000) => {
    const time = new VirtualTime(0);
    const api = new SimulatedHttpApi({
      runtime: { now: time.now, sleep: time.sleep, after: time.after, random: () => 0, newId: () => 'id' },
      requests: new TokenBucket(perSecond, perSecond),
      invoke,
      latencyMs: [10, 10],
    });
    const ask = async (request: Partial<HttpRequest> = {}) => {
      const answer = api.request({
        route: 'GET /timeline',
        claims: { username: 'ann' },
        sourceAddress: '203.0.113.1',
        tokenUntil: Number.POSITIVE_INFINITY,
        ...request,
      });
      await time.runUntil(time.now() + 40_000);
      return answer;
    };
    return { time, api, ask };
  };

  it('asks the function with what the authorizer knows, and gives its answer', async () => {
    const events: unknown[] = [];
    const { ask } = setUp(async (event) => {
      events.push(event);
      return { statusCode: 201, body: 'made' };
    });
    const answer = await ask({ route: 'POST /thoughts', body: { text: 'hi' }, tokenUntil: 90_000 });
    expect(answer).toEqual({ status: 201, body: 'made' });
    expect(events).toMatchObject([
      {
        routeKey: 'POST /thoughts',
        body: '{"text":"hi"}',
        requestContext: {
          http: { method: 'POST', sourceIp: '203.0.113.1' },
          authorizer: { jwt: { claims: { username: 'ann', exp: '90' } } },
        },
      },
    ]);
  });

  it('answers 401 for a token that has ended, without asking the function', async () => {
    let calls = 0;
    const { ask } = setUp(async () => {
      calls++;
      return { statusCode: 200 };
    });
    expect((await ask({ tokenUntil: 11 })).status).toBe(200);
    expect((await ask({ tokenUntil: 40_010 })).status).toBe(401);
    expect(calls).toBe(1);
  });

  it.each([
    ['throws', async () => Promise.reject(new Error('no')), 500],
    ['is throttled', async () => Promise.reject(new InvocationError('throttled', 'Rate exceeded')), 503],
    ['answers nothing', async () => undefined, 500],
    ['does not answer within 30 s', () => new Promise(() => {}), 503],
  ])('says that the function %s', async (_what, invoke, status) => {
    expect((await setUp(invoke).ask()).status).toBe(status);
  });

  it('answers 429 above the rate of the account, and 413 for what is too large', async () => {
    const { time, api, ask } = setUp(async () => ({ statusCode: 200 }), 2);
    const request = { route: 'GET /timeline', claims: {}, sourceAddress: '203.0.113.1', tokenUntil: 1e9 };
    const answers = [1, 2, 3].map(() => api.request(request));
    await time.runUntil(1_000);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 429]);
    expect((await ask({ body: 'x'.repeat(10 * 1024 * 1024) })).status).toBe(413);
    expect((await ask({ headers: { large: 'x'.repeat(10_241) } })).status).toBe(431);
    expect((await ask({ headers: { large: 'x'.repeat(10_000) } })).status).toBe(200);
  });
});
