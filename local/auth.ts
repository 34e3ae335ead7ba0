import Boom from '@hapi/boom';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { answerAsGateway, type GatewayServer } from './gateway-answers.ts';
import { AUDIENCE } from './issuer.ts';

interface Endpoint {
  authorizer?: unknown;
}

interface AuthRequest {
  headers: Record<string, string | undefined>;
}

interface Toolkit {
  authenticated(result: { credentials: object }): unknown;
}

/** The issuer's port may be another after each start, and data that stays must know its people again. */
const LAPTOP_ISSUER = 'http://localhost/issuer';

type KeySet = ReturnType<typeof createRemoteJWKSet>;
const keySets = new Map<string, KeySet>();

const keysOf = (issuer: string): KeySet => {
  const known = keySets.get(issuer) ?? createRemoteJWKSet(new URL(`${issuer}/jwks`));
  keySets.set(issuer, known);
  return known;
};

const unauthorized = () => Boom.unauthorized('Unauthorized');

const authenticate = async (request: AuthRequest, h: Toolkit): Promise<unknown> => {
  const token = /^(?:bearer )?(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const issuer = process.env.LOCAL_ISSUER_URL ?? '';
  if (!token) throw unauthorized();
  try {
    const { payload } = await jwtVerify(token, keysOf(issuer), { issuer, audience: AUDIENCE, requiredClaims: ['exp'] });
    // API Gateway takes no token that was issued later than now.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    if ((payload.iat ?? 0) > Date.now() / 1000) throw unauthorized();
    return h.authenticated({ credentials: { claims: { ...payload, iss: LAPTOP_ISSUER } } });
  } catch {
    throw unauthorized();
  }
};

/**
 * serverless-offline's own JWT authorizer checks no signature, so this takes its place: routes with an authorizer need
 * a token of the local issuer, signature, audience and expiry checked; the others need none.
 */
export const authenticationFor = (endpoint: Endpoint, _functionKey: string, method: string, path: string) => {
  const name = `local-${method}-${path}`;
  return {
    name,
    scheme: name,
    getAuthenticateFunction: (server: GatewayServer) => {
      answerAsGateway(server);
      return {
        authenticate: endpoint.authorizer
          ? authenticate
          : async (_request: AuthRequest, h: Toolkit) => h.authenticated({ credentials: {} }),
      };
    },
  };
};
