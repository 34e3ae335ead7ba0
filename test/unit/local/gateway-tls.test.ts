import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createCertificate } from '../../../local/serverless/certificate.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { GatewayRun } from '../../support/gateway-run.ts';

let run: GatewayRun | undefined;
afterEach(() => run?.gateway.close());

const certificate = createCertificate(Date.now());

it('the certificate is for localhost, and signs itself', () => {
  const parsed = new X509Certificate(certificate.cert);
  expect(parsed.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  expect(parsed.ca).toBe(true);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  const days = (Date.parse(parsed.validTo) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29);
  expect(days).toBeLessThan(31);
});

it('the port takes sockets and posts with TLS and without', async () => {
  run = await GatewayRun.start({ $default: () => ({ body: 'heard' }) }, { certificate });
  const { client, connectionId } = await run.connected();
  const secure = new WebSocket(run.endpoint.replace('http://127.0.0.1', 'wss://localhost'), { ca: certificate.cert });
  const answer = once(secure, 'message');
  await once(secure, 'open');
  secure.send('hello');
  expect(String((await answer)[0])).toBe('heard');
  const url = `${run.endpoint.replace('http://127.0.0.1', 'https://localhost')}/dev/@connections/${encodeURIComponent(connectionId)}`;
  const post = request(url, { method: 'POST', ca: certificate.cert });
  const answered = once(post, 'response');
  post.end('by TLS');
  expect((await answered)[0].statusCode).toBe(200);
  expect((await run.manage('POST', connectionId, 'without')).status).toBe(200);
  await waitFor('both posts', () => client.messages.length === 2);
  expect(client.messages).toEqual(['by TLS', 'without']);
});

it('a caller who does not trust the certificate is not let through, and the gateway goes on', async () => {
  run = await GatewayRun.start({}, { certificate });
  const secure = new WebSocket(run.endpoint.replace('http://127.0.0.1', 'wss://localhost'));
  await expect(once(secure, 'open')).rejects.toThrow('self-signed certificate');
  await expect(run.connect()).resolves.toBeDefined();
});
