import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';

/** A JWT authorizer of an HTTP API, as `provider.httpApi.authorizers` of serverless.yml has it. */
export interface JwtAuthorizer {
  issuer: string;
  audience: string[];
  /** The header with the token, in lower case. */
  header: string;
}

export type TokenOutcome =
  | { kind: 'allowed'; claims: Record<string, string>; scopes: string[] | null }
  /** 403: the token is valid and has none of the route's scopes. */
  | { kind: 'refused'; status: 401 | 403 };

/** "Only RSA-based algorithms are supported." */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

const Discovery = z.object({ jwks_uri: z.url() });
type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** Checks tokens as API Gateway does: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export class TokenChecker {
  readonly #now: () => number;
  readonly #keySets = new Map<string, Promise<KeySet>>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param routeScopes scopes of which the token must have one; empty: any token is enough */
  async check(token: string, { issuer, audience }: JwtAuthorizer, routeScopes: string[] = []): Promise<TokenOutcome> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await this.#keysOf(issuer), {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#now()),
      });
      const isIssued = (payload.iat ?? 0) <= this.#now() / 1_000;
      if (protectedHeader.kid === undefined || !isIssued || !isFor(payload, audience)) return UNAUTHORIZED;
      const scopes = scopesOf(payload);
      if (routeScopes.length === 0) return { kind: 'allowed', claims: textsOf(payload), scopes: null };
      if (!scopes.some((scope) => routeScopes.includes(scope))) return { kind: 'refused', status: 403 };
      return { kind: 'allowed', claims: textsOf(payload), scopes };
    } catch {
      return UNAUTHORIZED;
    }
  }

  /** Finds the keys of an issuer by discovery: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
  #keysOf(issuer: string): Promise<KeySet> {
    const known = this.#keySets.get(issuer) ?? discoverKeys(issuer);
    this.#keySets.set(issuer, known);
    // An issuer that does not answer is asked again by the next request.
    known.catch(() => this.#keySets.delete(issuer));
    return known;
  }
}

const UNAUTHORIZED: TokenOutcome = { kind: 'refused', status: 401 };

const discoverKeys = async (issuer: string): Promise<KeySet> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  return createRemoteJWKSet(new URL(Discovery.parse(await response.json()).jwks_uri));
};

/** `client_id` counts only where there is no `aud`. */
const isFor = ({ aud, client_id: clientId }: JWTPayload, audience: string[]): boolean =>
  [aud ?? clientId].flat().some((one) => typeof one === 'string' && audience.includes(one));

const scopesOf = ({ scope, scp }: JWTPayload): string[] => {
  const value = scope ?? scp ?? [];
  return Array.isArray(value) ? value.map(String) : String(value).split(' ').filter(Boolean);
};

/** In an event every claim is a text. A list becomes `[one two]`, and a claim that is null is left out. */
const textsOf = (claims: JWTPayload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, textOf(value)] as const],
    ),
  );
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const HEADER = /^\$request\.header\.([\w-]+)$/;
const Config = z.object({
  type: z.literal('jwt'),
  identitySource: z.unknown().optional(),
  issuerUrl: z.unknown().optional(),
  audience: z.unknown().optional(),
});

/**
 * The JWT authorizers of a service. An issuer or an audience that only CloudFormation knows is the laptop's.
 * @throws Error for an identity source that is no header
 */
export const readAuthorizers = (
  authorizers: Record<string, unknown>,
  laptop: { issuer: string; audience: string },
): Record<string, JwtAuthorizer> =>
  Object.fromEntries(
    Object.entries(authorizers).flatMap(([name, config]) => {
      const jwt = Config.safeParse(config);
      if (!jwt.success) return [];
      const { identitySource, issuerUrl, audience } = jwt.data;
      const header = HEADER.exec(String([identitySource].flat()[0]))?.[1];
      if (header === undefined) throw new Error(`The authorizer ${name} must take its token from $request.header.…`);
      const known = [audience].flat().filter((one) => typeof one === 'string');
      const authorizer: JwtAuthorizer = {
        issuer: typeof issuerUrl === 'string' ? issuerUrl : laptop.issuer,
        audience: known.length > 0 ? known : [laptop.audience],
        header: header.toLowerCase(),
      };
      return [[name, authorizer] as const];
    }),
  );
