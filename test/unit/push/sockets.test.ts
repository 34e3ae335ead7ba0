import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { answerOf, OK, type Respond, ScriptedServer } from '../../support/scripted-server.ts';
import { sdkAuthorization } from '../../support/sdk-signature.ts';
import { times } from '../../support/world.ts';

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const HOUR = 3_600_000;
/** The SDK's requests name it; the fast ones name nobody. */
const bySdk = ({ headers }: { headers: Record<string, string> }) => headers['user-agent'] !== undefined;

describe('sockets behind a gateway', () => {
  let gateway: ScriptedServer;
  let sockets: GatewaySockets;
  const open = () =>
    new GatewaySockets({ endpoint: `http://127.0.0.1:${gateway.port}`, region: 'local', credentials: KEYS });
  beforeEach(async () => {
    gateway = await ScriptedServer.start();
    sockets = open();
  });
  afterEach(() => gateway.stop());

  it.each([
    [200, 'sent'],
    [410, 'gone'],
    [400, 'gone'],
    [413, 'too_large'],
    [429, 'busy'],
    [500, 'busy'],
    [503, 'busy'],
    [504, 'busy'],
  ])('that answers %i: the frame is %s, after one request', async (status, kind) => {
    gateway.respond = (_, socket) => void socket.write(answerOf(status, [], '{"message":"so it is"}'));
    expect(await sockets.post('id', 'a frame')).toEqual({ kind });
    expect(gateway.requests.map(bySdk)).toEqual([false]);
  });

  const refusing: [string, string][] = [
    ['refuses the request', answerOf(403, ['x-amzn-errortype: ForbiddenException'], '{"message":"Forbidden"}')],
    ['knows no such path', answerOf(404, [], '{}')],
    ['is elsewhere', answerOf(301, ['location: /elsewhere'])],
  ];

  it.each(refusing)('that %s: the SDK sends it, once', async (_, answer) => {
    gateway.respond = (request, socket) => void socket.write(bySdk(request) ? OK : answer);
    expect(await sockets.post('id', 'a frame')).toEqual({ kind: 'sent' });
    expect(gateway.requests.map(bySdk)).toEqual([false, true]);
    expect(gateway.bodies()).toEqual(['a frame', 'a frame']);
  });

  it.each(refusing)('that %s, to the SDK too: the frame is busy', async (_, answer) => {
    gateway.respond = (_, socket) => void socket.write(answer);
    expect(await sockets.post('id', 'a frame')).toEqual({ kind: 'busy' });
    expect(gateway.requests.map(bySdk)).toEqual([false, true]);
  });

  it.each<[string, Respond]>([
    ['hangs up', (_, socket) => void socket.end()],
    ['resets the connection', (_, socket) => void socket.resetAndDestroy()],
    ['answers nonsense', (_, socket) => void socket.write('nonsense\r\n\r\n')],
    ['answers nothing in time', () => {}],
  ])('that %s: the frame is busy, and was sent once', async (_, respond) => {
    gateway.respond = respond;
    expect(await sockets.post('id', 'a frame')).toEqual({ kind: 'busy' });
    expect(gateway.bodies()).toEqual(['a frame']);
  });

  it('that nobody serves: the frame is busy', async () => {
    await gateway.stop();
    expect(await sockets.post('id', 'a frame')).toEqual({ kind: 'busy' });
  });

  it('whose clock is an hour ahead: the second try is signed by its clock, without the SDK', async () => {
    const serverNow = () => Date.now() + HOUR;
    gateway.respond = (request, socket) => {
      const [, y, mo, d, h, mi, s] = /(....)(..)(..)T(..)(..)(..)Z/.exec(request.headers['x-amz-date'] ?? '') ?? [];
      const isSkewed = Math.abs(Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`) - serverNow()) > 5 * 60_000;
      const headers = [`Date: ${new Date(serverNow()).toUTCString()}`, 'x-amzn-errortype: InvalidSignatureException'];
      socket.write(isSkewed ? answerOf(403, headers, '{"message":"Signature expired"}') : OK);
    };
    expect(await sockets.post('id', 'first')).toEqual({ kind: 'busy' });
    expect(await sockets.post('id', 'first')).toEqual({ kind: 'sent' });
    expect(gateway.requests.map(bySdk)).toEqual([false, true, false]);
  });

  it('whose keys have just ended: the SDK sends it with the new ones, and the next is fast again', async () => {
    // About to end, so that the SDK asks for new ones each time.
    let keys = { ...KEYS, expiration: new Date() };
    const credentials = async () => keys;
    sockets = new GatewaySockets({ endpoint: `http://127.0.0.1:${gateway.port}`, region: 'local', credentials });
    gateway.respond = async (request, socket) => {
      const isValid = request.headers.authorization === (await sdkAuthorization(request, keys, 'local'));
      socket.write(isValid ? OK : answerOf(403, [], '{"message":"The security token is expired"}'));
    };
    expect(await sockets.post('id', 'a')).toEqual({ kind: 'sent' });
    keys = { ...keys, accessKeyId: 'AKIDNEW', secretAccessKey: 'new' };
    expect(await sockets.post('id', 'b')).toEqual({ kind: 'sent' });
    expect(await sockets.post('id', 'c')).toEqual({ kind: 'sent' });
    const came = gateway.requests.map((request) => `${request.body} ${bySdk(request) ? 'by the SDK' : 'fast'}`);
    // Whether the second changed between the first two decides whether the old keys were tried once more.
    expect(['a fast, b fast, c fast', 'a fast, b fast, b by the SDK, c fast']).toContain(came.join(', '));
  });

  it('that speaks TLS: the frames arrive, and the certificate is looked at', async () => {
    const tls = await ScriptedServer.start({ isTls: true });
    const usual = getCACertificates('default');
    onTestFinished(async () => {
      setDefaultCACertificates(usual);
      await tls.stop();
    });
    const secure = () =>
      new GatewaySockets({ endpoint: `https://localhost:${tls.port}/dev`, region: 'local', credentials: KEYS });
    expect(await secure().post('id', 'a frame')).toEqual({ kind: 'busy' });
    expect(tls.requests).toEqual([]);
    setDefaultCACertificates([tls.certificate]);
    const trusting = secure();
    const outcomes = await Promise.all(times(60, (at) => trusting.post(`id${at}`, 'a frame')));
    expect(outcomes).toEqual(times(60, () => ({ kind: 'sent' })));
    expect(tls.requests.length).toBe(60);
  });

  it('closes a connection by the SDK', async () => {
    gateway.respond = (_, socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    await sockets.close('id=');
    expect(gateway.requests.map(({ method, path }) => [method, path])).toEqual([['DELETE', '/@connections/id%3D']]);
  });
});
