import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAuthorizers, TokenChecker } from '../../../local/jwt-authorizer.ts';
import { TokenIssuer } from '../../support/token-issuer.ts';

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

const now = Math.floor(Date.now() / 1000);
const valid = { aud: 'app', iat: now - 1, exp: now + 60 };

type Header = Parameters<TokenIssuer['sign']>[1];
const check = async (claims: object, header?: Header, scopes?: string[]) => {
  const authorizer = { issuer: issuer.url, audience: ['app', 'other'], header: 'authorization' };
  return new TokenChecker().check(await issuer.sign(claims, header), authorizer, scopes);
};

describe('a token is taken', () => {
  it.each<[string, object]>([
    ['for one of the audiences', valid],
    ['with the audience in a list', { ...valid, aud: ['x', 'other'] }],
    ['with a client in place of an audience', { iat: now - 1, exp: now + 60, client_id: 'app' }],
    ['that counts since now', { ...valid, nbf: now }],
  ])('%s', async (_what, claims) => {
    expect(await check(claims)).toMatchObject({ kind: 'allowed', scopes: null });
  });

  it('with its claims as texts, as they stand in an event of API Gateway', async () => {
    const outcome = await check({
      ...valid,
      groups: ['one', 'two'],
      admin: true,
      none: null,
      address: { city: 'Bern' },
    });
    expect(outcome).toEqual({
      kind: 'allowed',
      scopes: null,
      claims: {
        iss: issuer.url,
        sub: 'alice',
        aud: 'app',
        iat: String(now - 1),
        exp: String(now + 60),
        groups: '[one two]',
        admin: 'true',
        address: '{"city":"Bern"}',
      },
    });
  });

  it.each<[string, object]>([
    ['scope', { scope: 'read write' }],
    ['scp', { scp: ['read', 'write'] }],
  ])('when %s has one of the scopes of the route', async (_name, scopes) => {
    const outcome = await check({ ...valid, ...scopes }, {}, ['write', 'delete']);
    expect(outcome).toMatchObject({ kind: 'allowed', scopes: ['read', 'write'] });
  });
});

describe('a token is refused', () => {
  it.each<[string, object, Header?]>([
    ['without an end', { ...valid, exp: undefined }],
    ['that has ended', { ...valid, exp: now - 10 }],
    ['that is to be issued yet', { ...valid, iat: now + 600 }],
    ['that does not count yet', { ...valid, nbf: now + 600 }],
    ['for somebody else', { ...valid, aud: 'stranger' }],
    ['for somebody else, from a client of ours', { ...valid, aud: 'stranger', client_id: 'app' }],
    ['for nobody', { ...valid, aud: undefined }],
    ['of another issuer', { ...valid, iss: 'https://example.com' }],
    ['that is not signed with RSA', valid, { alg: 'ES256' }],
    ['that names no key', valid, { kid: undefined }],
    ['that names a key that the issuer does not have', valid, { kid: 'other' }],
  ])('%s: 401', async (_what, claims, header) => {
    expect(await check(claims, header)).toEqual({ kind: 'refused', status: 401 });
  });

  it.each([{}, { scope: 'read' }])('with none of the scopes of the route: 403, for %j', async (scopes) => {
    expect(await check({ ...valid, ...scopes }, {}, ['write'])).toEqual({ kind: 'refused', status: 403 });
  });

  it('while its issuer does not answer, and taken when it does', async () => {
    const checker = new TokenChecker();
    const authorizer = { issuer: issuer.url, audience: ['app'], header: 'authorization' };
    const token = await issuer.sign(valid);
    const nowhere = { ...authorizer, issuer: 'http://127.0.0.1:1' };
    expect(await checker.check(token, nowhere)).toEqual({ kind: 'refused', status: 401 });
    expect(await checker.check(token, authorizer)).toMatchObject({ kind: 'allowed' });
  });
});

describe('the authorizers of serverless.yml', () => {
  const laptop = { issuer: 'http://127.0.0.1:3003', audience: 'laptop' };
  const identitySource = '$request.header.Authorization';

  it('have their own issuer and audiences, or those of the laptop where only a deployment knows them', () => {
    const authorizers = {
      own: { type: 'jwt', identitySource, issuerUrl: 'https://example.com', audience: ['a', 'b'] },
      deployed: {
        type: 'jwt',
        identitySource: '$request.header.X-Token',
        issuerUrl: { Ref: 'Pool' },
        audience: { Ref: 'C' },
      },
      function: { type: 'request', functionName: 'authorizer' },
    };
    expect(readAuthorizers(authorizers, laptop)).toEqual({
      own: { issuer: 'https://example.com', audience: ['a', 'b'], header: 'authorization' },
      deployed: { issuer: laptop.issuer, audience: ['laptop'], header: 'x-token' },
    });
  });

  it('are refused when the token is not in a header', () => {
    const authorizers = { login: { type: 'jwt', identitySource: '$request.querystring.token' } };
    expect(() => readAuthorizers(authorizers, laptop)).toThrow('login must take its token from $request.header');
  });
});
