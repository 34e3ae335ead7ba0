import { OAuth2Server } from 'oauth2-mock-server';

export const AUDIENCE = 'deep-thoughts';
const LIFETIME_SECONDS = 3600;

/** An OIDC issuer that believes anybody: `username` in the token request becomes the claim, and `sub` if none is given. */
export class Issuer {
  readonly url: string;
  readonly #server: OAuth2Server;

  private constructor(server: OAuth2Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(port: number): Promise<Issuer> {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(port, '127.0.0.1');
    const url = `http://127.0.0.1:${server.address().port}`;
    server.issuer.url = url;
    server.service.on('beforeTokenSigning', (token, request) => {
      const body = (request.body ?? {}) as { username?: string; sub?: string; expires_in?: string };
      const { username, sub = username, expires_in } = body;
      const now = Math.floor(Date.now() / 1000);
      const exp = now + Number(expires_in ?? LIFETIME_SECONDS);
      Object.assign(token.payload, { iss: url, aud: AUDIENCE, sub, username, exp });
    });
    return new Issuer(server, url);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
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
