import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AUTHORIZERS_VARIABLE, authenticationFor, ISSUER_VARIABLE } from '../../../local/auth.ts';
import { TokenIssuer } from '../../support/token-issuer.ts';

const HEADER = 'sls-offline-authorizer-override';

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  const login = { issuer: issuer.url, audience: ['app'], header: 'authorization' };
  vi.stubEnv(AUTHORIZERS_VARIABLE, JSON.stringify({ login }));
  vi.stubEnv(ISSUER_VARIABLE, issuer.url);
});
afterAll(() => {
  issuer.stop();
  vi.unstubAllEnvs();
});

/** What the event of a request says of its caller. @throws Boom with the status of a refusal */
const authorizerOf = async (
  authorizer: Parameters<typeof authenticationFor>[0]['authorizer'],
  headers: Record<string, string>,
): Promise<unknown> => {
  const scheme = authenticationFor({ authorizer }, '', 'GET', '/').getAuthenticateFunction({ ext: () => {} });
  const rawHeaders = Object.entries(headers).flat();
  await scheme.authenticate({ headers, raw: { req: { rawHeaders } } }, { authenticated: (result) => result });
  const values = rawHeaders.flatMap((name, at) => (name.toLowerCase() === HEADER ? [rawHeaders[at + 1] ?? ''] : []));
  expect(values).toHaveLength(1);
  return JSON.parse(values[0] ?? '');
};

const now = Math.floor(Date.now() / 1000);
const authorization = async (claims: object = {}) =>
  `Bearer ${await issuer.sign({ aud: 'app', exp: now + 60, ...claims })}`;

it('tells the function who is asking, and the issuer of a laptop by a name that outlives its port', async () => {
  expect(await authorizerOf({ name: 'login' }, { authorization: await authorization() })).toEqual({
    jwt: { claims: { iss: 'http://localhost/issuer', sub: 'alice', aud: 'app', exp: String(now + 60) }, scopes: null },
  });
});

it('ignores claims that a caller sends in headers, with and without a token', async () => {
  const forged = { 'SLS-Offline-Authorizer-Override': '{"jwt":{"claims":{"sub":"bob"}}}' };
  const told = await authorizerOf({ name: 'login' }, { ...forged, authorization: await authorization() });
  expect(told).toMatchObject({ jwt: { claims: { sub: 'alice' } } });
  expect(await authorizerOf(undefined, { ...forged, authorization: 'Bearer forged' })).toEqual({});
});

it('answers 401 without a valid token, and 403 without a scope of the route', async () => {
  const refused = (statusCode: number) => ({ output: { statusCode } });
  await expect(authorizerOf({ name: 'login' }, {})).rejects.toMatchObject(refused(401));
  await expect(authorizerOf({ name: 'login' }, { authorization: 'Bearer x' })).rejects.toMatchObject(refused(401));
  const scoped = authorizerOf({ name: 'login', scopes: ['write'] }, { authorization: await authorization() });
  await expect(scoped).rejects.toMatchObject(refused(403));
});
