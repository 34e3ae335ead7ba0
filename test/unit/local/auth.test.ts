import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authenticationFor } from '../../../local/auth.ts';
import { AUDIENCE } from '../../../local/issuer.ts';

let server: Server;
let issuer: string;
let privateKey: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  privateKey = pair.privateKey;
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256' }] });
  server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(jwks));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.LOCAL_ISSUER_URL = issuer;
});
afterAll(() => {
  server.close();
  delete process.env.LOCAL_ISSUER_URL;
});

const authenticate = async (claims: object): Promise<unknown> => {
  const token = await new SignJWT({ iss: issuer, aud: AUDIENCE, sub: 'alice', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .sign(privateKey);
  const scheme = authenticationFor({ authorizer: {} }, '', 'GET', '/').getAuthenticateFunction({ ext: () => {} });
  const toolkit = { authenticated: (result: unknown) => result };
  return scheme.authenticate({ headers: { authorization: `Bearer ${token}` } }, toolkit);
};

const now = Math.floor(Date.now() / 1000);

it('takes a token as API Gateway does', async () => {
  expect(await authenticate({ iat: now - 1, exp: now + 60 })).toMatchObject({
    credentials: { claims: { sub: 'alice' } },
  });
});

it.each([
  ['without an end', { iat: now - 1 }],
  ['that has ended', { iat: now - 100, exp: now - 10 }],
  ['that is to be issued yet', { iat: now + 600, exp: now + 1_200 }],
  ['for somebody else', { iat: now - 1, exp: now + 60, aud: 'other' }],
])('refuses one %s', async (_what, claims) => {
  await expect(authenticate(claims)).rejects.toMatchObject({ output: { statusCode: 401 } });
});
