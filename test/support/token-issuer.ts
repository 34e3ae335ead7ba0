import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An issuer of tokens, whose keys are found by discovery only: one of RSA, one of an elliptic curve. */
export class TokenIssuer {
  readonly url: string;
  readonly #server: Server;
  readonly #keys: Record<string, CryptoKey>;

  private constructor(server: Server, keys: Record<string, CryptoKey>) {
    this.#server = server;
    this.#keys = keys;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<TokenIssuer> {
    const pairs = await Promise.all(['RS256', 'ES256'].map(async (alg) => ({ alg, ...(await generateKeyPair(alg)) })));
    const keys = await Promise.all(
      pairs.map(async ({ alg, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: alg, alg })),
    );
    const server = createServer(({ url, headers }, response) => {
      const answers: Record<string, object> = {
        '/.well-known/openid-configuration': { jwks_uri: `http://${headers.host}/some/keys` },
        '/some/keys': { keys },
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[url ?? ''] ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TokenIssuer(server, Object.fromEntries(pairs.map(({ alg, privateKey }) => [alg, privateKey])));
  }

  /** @param header without `kid` the token names no key */
  sign(claims: object, header: { alg?: 'RS256' | 'ES256'; kid?: string | undefined } = {}): Promise<string> {
    const { alg = 'RS256' } = header;
    const protectedHeader = { alg, kid: alg, ...header };
    return new SignJWT({ iss: this.url, sub: 'alice', ...claims })
      .setProtectedHeader(protectedHeader)
      .sign(this.#keys[alg] as CryptoKey);
  }

  stop(): void {
    this.#server.close();
  }
}
