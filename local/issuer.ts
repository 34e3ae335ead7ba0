import type { IncomingMessage } from 'node:http';
import { OAuth2Server } from 'oauth2-mock-server';
import { LOGIN_POLICY, loginPage } from './login-page.ts';

export const AUDIENCE = 'deep-thoughts';
const LIFETIME_SECONDS = 3600;

/** What a token request may hold. */
interface TokenForm {
  username?: string;
  sub?: string;
  expires_in?: string;
  code?: string;
  refresh_token?: string;
}

const formOf = (request: IncomingMessage): TokenForm => (request as { body?: TokenForm }).body ?? {};

/**
 * An OIDC issuer that believes anybody. A page logs in by the code flow with PKCE, and the person types a name; a command
 * sends `username` in the token request. The name becomes the claim, and `sub` if none is given.
 */
export class Issuer {
  readonly url: string;
  readonly #server: OAuth2Server;
  /** Whose login a code or a refresh token stands for. */
  readonly #logins = new Map<string, string>();

  private constructor(server: OAuth2Server, url: string) {
    this.#server = server;
    this.url = url;
    const { service } = server;
    service.on('beforeWellKnownOpenIdConfiguration', ({ body }) => {
      body.authorization_endpoint = `${url}/login`;
    });
    service.addRoute('GET', '/login', (request, response) => {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': LOGIN_POLICY };
      response.writeHead(200, headers).end(loginPage(new URL(request.url ?? '', url).searchParams));
    });
    service.on('beforeAuthorizeRedirect', (redirect: { url: URL }, request: IncomingMessage) => {
      const username = new URL(request.url ?? '', url).searchParams.get('username');
      if (username) this.#logins.set(redirect.url.searchParams.get('code') ?? '', username);
    });
    service.on('beforeTokenSigning', (token, request: IncomingMessage) => {
      const form = formOf(request);
      const username = this.#usernameOf(form);
      const now = Math.floor(Date.now() / 1000);
      const exp = now + Number(form.expires_in ?? LIFETIME_SECONDS);
      Object.assign(token.payload, { iss: url, aud: AUDIENCE, sub: form.sub ?? username, username, exp });
    });
    service.on('beforeResponse', (answer, request: IncomingMessage) => {
      const form = formOf(request);
      const username = this.#usernameOf(form);
      if (username === undefined) Object.assign(answer, { statusCode: 400, body: { error: 'invalid_grant' } });
      else if (typeof answer.body.refresh_token === 'string') this.#logins.set(answer.body.refresh_token, username);
      // A code is good for one login, and each refresh gives a new token for the next.
      this.#logins.delete(form.code ?? form.refresh_token ?? '');
    });
  }

  static async start(port: number): Promise<Issuer> {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(port, '127.0.0.1');
    const url = `http://127.0.0.1:${server.address().port}`;
    server.issuer.url = url;
    return new Issuer(server, url);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  #usernameOf({ username, code, refresh_token }: TokenForm): string | undefined {
    return username ?? this.#logins.get(code ?? refresh_token ?? '');
  }
}

/**
 * Asks an issuer of this kind for an access token.
 * @param expiresIn seconds; an hour when left out
 * @param sub who it is for, whatever the username says; the username when left out
 */
export const fetchToken = async (
  issuerUrl: string,
  username: string,
  expiresIn?: number,
  sub?: string,
): Promise<string> => {
  const body = new URLSearchParams({ grant_type: 'password', username, password: 'any' });
  if (sub !== undefined) body.set('sub', sub);
  if (expiresIn !== undefined) body.set('expires_in', String(expiresIn));
  const response = await fetch(`${issuerUrl}/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`The token issuer answered ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
};
