import { ApiGatewayManagementApiClient, GetConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PostFault } from '../../../local/gateway/management.ts';
import { GatewaySockets } from '../../../src/push/sockets.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { GatewayRun, type TestSocket } from '../../support/gateway-run.ts';

let fault: PostFault;
let run: GatewayRun;
let client: TestSocket;
let connectionId: string;
let api: ApiGatewayManagementApiClient;
let sockets: GatewaySockets;

beforeEach(async () => {
  fault = { kind: 'none' };
  run = await GatewayRun.start({}, { postFault: () => fault });
  ({ client, connectionId } = await run.connected());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { endpoint: run.endpoint, region: 'local', credentials };
  api = new ApiGatewayManagementApiClient(config);
  sockets = new GatewaySockets(config);
});

afterEach(async () => {
  api.destroy();
  await run.gateway.close();
});

describe('a fault that replaces an answer', () => {
  it.each([
    [403, 'ForbiddenException'],
    [410, 'GoneException'],
    [413, 'PayloadTooLargeException'],
    [429, 'LimitExceededException'],
    [503, 'InternalServerError'],
  ])('is status %i with its name, and sends nothing', async (status, name) => {
    fault = { kind: 'status', status };
    const response = await run.manage('POST', connectionId, 'lost');
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, name]);
    fault = { kind: 'none' };
    await run.manage('POST', connectionId, 'heard');
    await waitFor('a frame', () => client.messages.length > 0);
    expect(client.messages).toEqual(['heard']);
  });

  it('swallows a frame and says that it was sent', async () => {
    fault = { kind: 'swallow' };
    expect((await run.manage('POST', connectionId, 'lost')).status).toBe(200);
    fault = { kind: 'none' };
    await run.manage('POST', connectionId, 'heard');
    await waitFor('a frame', () => client.messages.length > 0);
    expect(client.messages).toEqual(['heard']);
  });

  it('cuts the socket', async () => {
    fault = { kind: 'cut' };
    expect((await run.manage('POST', connectionId, 'lost')).status).toBe(410);
    expect((await client.closed).code).toBe(1011);
    expect(client.messages).toEqual([]);
  });

  it('leaves GET and DELETE alone', async () => {
    fault = { kind: 'status', status: 503 };
    expect((await run.manage('GET', connectionId)).status).toBe(200);
    expect((await run.manage('DELETE', connectionId)).status).toBe(204);
  });
});

describe('the @connections client of the fan-out', () => {
  it('hears sent when the frame arrives, whatever is in it', async () => {
    const frame = JSON.stringify({ text: 'ünï 🎉' });
    expect(await sockets.post(connectionId, frame)).toEqual({ kind: 'sent' });
    await waitFor('the frame', () => client.messages.length > 0);
    expect(client.messages).toEqual([frame]);
  });

  it('hears gone for a connection that has closed', async () => {
    client.socket.close();
    await waitFor('it to be gone', () => run.gateway.connectionCount === 0);
    expect(await sockets.post(connectionId, 'hello')).toEqual({ kind: 'gone' });
  });

  it('hears too_large above 128 KB', async () => {
    expect(await sockets.post(connectionId, 'x'.repeat(128 * 1024 + 1))).toEqual({ kind: 'too_large' });
  });

  it.each<[string, PostFault]>([
    ['throttled', { kind: 'status', status: 429 }],
    ['failing', { kind: 'status', status: 500 }],
    ['unavailable', { kind: 'status', status: 503 }],
    ['silent', { kind: 'hang' }],
  ])('hears busy when the gateway is %s', async (_name, given) => {
    fault = given;
    expect(await sockets.post(connectionId, 'hello')).toEqual({ kind: 'busy' });
  });

  it('hears busy when nobody listens', async () => {
    await run.gateway.close();
    expect(await sockets.post(connectionId, 'hello')).toEqual({ kind: 'busy' });
  });

  it('hears gone when the socket is cut under it', async () => {
    fault = { kind: 'cut' };
    expect(await sockets.post(connectionId, 'hello')).toEqual({ kind: 'gone' });
  });

  it('reaches every id, whatever characters it has', async () => {
    for (let count = 0; count < 30; count++) {
      const other = await run.connected();
      expect(await sockets.post(other.connectionId, 'hello'), other.connectionId).toEqual({ kind: 'sent' });
    }
  });

  it('closes a socket, and does not complain when it is closed already', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await sockets.close(connectionId);
    expect((await client.closed).code).toBe(1000);
    await waitFor('it to be gone', () => run.gateway.connectionCount === 0);
    await sockets.close(connectionId);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('is told about a connection in a shape that the SDK reads', async () => {
    const { ConnectedAt, LastActiveAt, Identity } = await api.send(
      new GetConnectionCommand({ ConnectionId: connectionId }),
    );
    expect([ConnectedAt, LastActiveAt]).toEqual([expect.any(Date), expect.any(Date)]);
    expect(Identity?.SourceIp).toBe('127.0.0.1');
  });
});
