import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FastPost } from '../../../src/push/fast-post.ts';
import { accessOfSdk } from '../../../src/signed-http/access.ts';
import { SignedHttp } from '../../../src/signed-http/signed-http.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';
import { sdkAuthorization } from '../../support/sdk-signature.ts';
import { times } from '../../support/world.ts';

/** Keys that are about to end, so that the SDK asks for new ones each time that it is asked. */
const KEYS = { accessKeyId: 'AKIDFIRST', secretAccessKey: 'first', expiration: new Date() };
const SENT = { kind: 'answer', status: 200 };
const LIMITS = { sockets: 50, requestMs: 1_500, idleMs: 20_000 };

describe('a fast post', () => {
  let gateway: ScriptedServer;
  let http: SignedHttp;
  let fast: FastPost;
  let now: number;
  let credentials: () => Promise<typeof KEYS & { sessionToken?: string }>;
  const through = (config: { endpoint?: string }) => {
    const client = new ApiGatewayManagementApiClient({
      ...config,
      region: 'eu-central-1',
      credentials: () => credentials(),
    });
    const access = () => accessOfSdk(client.config);
    return new SignedHttp({ service: 'execute-api', access, now: () => now, limits: LIMITS });
  };

  beforeEach(async () => {
    now = Date.parse('2026-01-02T03:04:05.900Z');
    credentials = async () => KEYS;
    gateway = await ScriptedServer.start();
    http = through({ endpoint: `http://127.0.0.1:${gateway.port}/dev/` });
    fast = new FastPost({ http });
  });
  afterEach(async () => {
    http.close();
    await gateway.stop();
  });

  it('arrives whole, where the client would have sent it, signed as the SDK signs', async () => {
    const frame = '{"text":"Grüße 🌊 שלום"}';
    expect(await fast.post('L0SM9cOFvHcCIhw=', frame)).toMatchObject(SENT);
    const [request] = gateway.requests;
    if (!request) throw new Error('Nothing came');
    expect(request.path).toBe('/dev/@connections/L0SM9cOFvHcCIhw%3D');
    expect(request.body).toBe(frame);
    expect(request.headers.host).toBe(`127.0.0.1:${gateway.port}`);
    expect(request.headers['x-amz-date']).toBe('20260102T030405Z');
    expect(request.headers.authorization).toBe(await sdkAuthorization(request, KEYS, 'eu-central-1'));
  });

  it('takes each frame to its own connection, however many there are', async () => {
    const frames = times(300, (at) => `frame ${at}`);
    await Promise.all(frames.map((frame, at) => fast.post(`connection${at}`, frame)));
    const came = gateway.requests.map(({ path, body }) => `${path.split('connection').at(-1)}: ${body}`);
    expect(came.sort()).toEqual(frames.map((frame, at) => `${at}: ${frame}`).sort());
  });

  it('signs with new keys within a second of their coming', async () => {
    await fast.post('id', 'a');
    credentials = async () => ({
      ...KEYS,
      accessKeyId: 'AKIDSECOND',
      secretAccessKey: 'second',
      sessionToken: 'token',
    });
    now += 1_000;
    await fast.post('id', 'b');
    const [, request] = gateway.requests;
    if (!request) throw new Error('The second did not come');
    expect(request.headers.authorization).toContain('AKIDSECOND');
    expect(request.headers['x-amz-security-token']).toBe('token');
    expect(request.headers['x-amz-date']).toBe('20260102T030406Z');
    expect(request.headers.authorization).toBe(await sdkAuthorization(request, await credentials(), 'eu-central-1'));
  });

  it('asks for keys once a second, and at once when it is told not to trust them', async () => {
    let asked = 0;
    credentials = async () => {
      asked += 1;
      return KEYS;
    };
    await Promise.all(times(20, () => fast.post('id', 'a')));
    now += 90;
    await fast.post('id', 'b');
    const once = asked;
    http.distrust(0);
    await fast.post('id', 'c');
    // The SDK's own first look at new keys may ask twice.
    expect(once).toBeLessThanOrEqual(2);
    expect(asked).toBe(once + 1);
  });

  it('leaves to the SDK what has no keys, and takes it up when there are some', async () => {
    credentials = () => Promise.reject(new Error('none yet'));
    expect(await fast.post('id', 'a')).toEqual({ kind: 'not_mine' });
    credentials = async () => KEYS;
    expect(await fast.post('id', 'b')).toMatchObject(SENT);
    expect(gateway.bodies()).toEqual(['b']);
  });

  it('leaves to the SDK what has no endpoint', async () => {
    const nowhere = new FastPost({ http: through({}) });
    expect(await nowhere.post('id', 'a')).toEqual({ kind: 'not_mine' });
  });

  it.each(['', '..', 'a/../b', 'a b', 'a\r\nx: y', 'ü', 'a?b', 'a%2Fb'])(
    'leaves to the SDK the connection %j',
    async (connectionId) => {
      expect(await fast.post(connectionId, 'a')).toEqual({ kind: 'not_mine' });
      expect(gateway.requests).toEqual([]);
    },
  );
});
