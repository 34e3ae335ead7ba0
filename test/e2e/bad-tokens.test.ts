import {
  decodeJwt,
  decodeProtectedHeader,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { describe, expect, inject, it } from 'vitest';
import { fetchToken } from '../../local/issuer.ts';
import { Api } from '../../tools/support/api.ts';
import { freshName, newUser } from '../support/people.ts';

const stack = inject('stack');

const post = (token: string | undefined) =>
  new Api(stack, 'anybody', token).request('POST', '/thoughts', { text: 'x' });

/** The claims of a good token, signed by a key that is not the issuer's, which says that it is. */
const signedByAnother = async (token: string): Promise<string> => {
  const { privateKey } = await generateKeyPair('RS256');
  const { kid } = decodeProtectedHeader(token);
  return new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'RS256', ...(kid && { kid }) }).sign(privateKey);
};

/** The claims of a good token, signed with the issuer's public key as if it were a shared secret. */
const signedByPublicKey = async (token: string): Promise<string> => {
  const keys = (await (await fetch(`${stack.issuer}/jwks`)).json()) as { keys: [JWK] };
  const [key] = keys.keys;
  const pem = await exportSPKI((await importJWK(key, 'RS256')) as CryptoKey);
  const header = { alg: 'HS256', ...(key.kid !== undefined && { kid: key.kid }) };
  return new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(new TextEncoder().encode(pem));
};

const withClaims = (token: string, claims: JWTPayload): string => {
  const [head, , signature] = token.split('.');
  const body = Buffer.from(JSON.stringify({ ...decodeJwt(token), ...claims })).toString('base64url');
  return `${head}.${body}.${signature}`;
};

const withBrokenSignature = (token: string): string => {
  const [head, body, signature = ''] = token.split('.');
  return `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
};

/** From a token that is good, one that is not. */
const FORGERIES: [string, (token: string) => string | Promise<string>][] = [
  ['whose signature was changed', withBrokenSignature],
  ['whose claims were changed', (token) => withClaims(token, { username: 'alice' })],
  ['whose end was put off', (token) => withClaims(token, { exp: 4_000_000_000 })],
  ['that another key has signed', signedByAnother],
  ['that was signed with a shared secret', signedByPublicKey],
  ['that nobody has signed', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
  ['without its signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
  ['that is no token', () => 'token'],
];

describe('A request that needs a login', () => {
  it('is refused without a token', async () => {
    expect((await post(undefined)).status).toBe(401);
  });

  it('is refused with an expired token', async () => {
    expect((await post(await fetchToken(stack.issuer, freshName('alice'), -10))).status).toBe(401);
  });

  it.each(FORGERIES)('is refused with a token %s', async (_what, forge) => {
    const username = freshName('alice');
    const token = await fetchToken(stack.issuer, username);
    expect((await post(await forge(token))).status).toBe(401);
    const anybody = new Api(stack, username);
    expect((await anybody.request('GET', `/users/${username}`)).status).toBe(404);
    expect((await post(token)).status).toBe(201);
  });

  it.each(['Me!', 'me', 'x', 'a'.repeat(31), '../bob', 'БОБ', 'admin', 'ann@example.org'])(
    'is answered to a user named "%s" with what to do first',
    async (name) => {
      const token = await fetchToken(stack.issuer, name, undefined, freshName('subject'));
      const answer = await post(token);
      expect([answer.status, answer.body.code]).toEqual([403, 'handle_required']);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const handle = freshName('chosen');
      const user = new Api(stack, handle, token);
      expect((await user.request('PUT', '/users/me/handle', { handle })).status).toBe(204);
      expect((await user.post('mine')).body.author).toBe(handle);
    },
  );

  it('shows nothing of a former user to a new user with the same name', async () => {
    const alice = await newUser(stack, 'alice');
    await alice.post('mine');
    const token = await fetchToken(stack.issuer, alice.username, undefined, freshName('successor'));
    const successor = new Api(stack, alice.username, token);
    const requests = ['/users/me', '/timeline'].map((path) => successor.request('GET', path));
    for (const { body } of await Promise.all(requests)) expect(body.code).toBe('handle_required');
    const asked = await successor.request('PUT', '/users/me/handle', { handle: alice.username });
    expect([asked.status, asked.body.code]).toEqual([409, 'handle_taken']);
  });

  it('is refused when the token has no subject', async () => {
    expect((await post(await fetchToken(stack.issuer, '', undefined, ''))).status).toBe(401);
  });

  it('is refused on every route that writes or is private', async () => {
    const alice = await newUser(stack, 'alice');
    const { body } = await alice.post('mine');
    const anybody = new Api(stack, 'anybody');
    const thought = `/users/${alice.username}/thoughts/${body.id}`;
    const requests: [string, string][] = [
      ['POST', '/thoughts'],
      ['PATCH', thought],
      ['DELETE', thought],
      ['PUT', '/users/me'],
      ...['follow', 'mute', 'block'].flatMap((edge): [string, string][] => [
        ['PUT', `/users/${alice.username}/${edge}`],
        ['DELETE', `/users/${alice.username}/${edge}`],
      ]),
      ['GET', '/timeline'],
      ['POST', '/tickets'],
    ];
    const answers = await Promise.all(requests.map(([method, path]) => anybody.request(method, path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(requests.length).fill(401));
    expect((await anybody.must('GET', thought)).body.text).toBe('mine');
  });
});
