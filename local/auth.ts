import Boom from '@hapi/boom';
import { answerAsGateway, type GatewayServer } from './gateway-answers.ts';
import { type JwtAuthorizer, TokenChecker } from './jwt-authorizer.ts';

/** A route of serverless.yml. */
interface Endpoint {
  authorizer?: { name?: string; scopes?: string[] } | undefined;
}

interface AuthRequest {
  headers: Record<string, string | undefined>;
  raw: { req: { rawHeaders: string[] } };
}

interface Toolkit {
  authenticated(result: { credentials: object }): unknown;
}

/** The issuer's port may be another after each start, and data that stays must know its people again. */
const LAPTOP_ISSUER = 'http://localhost/issuer';

/** serverless-offline takes `requestContext.authorizer` of an event from this header. */
const AUTHORIZER_HEADER = 'sls-offline-authorizer-override';

/** The environment variables by which the stack tells its authorizers; serverless-offline gives this file nothing else. */
export const AUTHORIZERS_VARIABLE = 'LOCAL_AUTHORIZERS';
export const ISSUER_VARIABLE = 'LOCAL_ISSUER_URL';

const checker = new TokenChecker();

const authorizerOf = (name: string | undefined): JwtAuthorizer => {
  const authorizers = JSON.parse(process.env[AUTHORIZERS_VARIABLE] ?? '{}') as Record<string, JwtAuthorizer>;
  const found = authorizers[name ?? ''];
  if (!found) throw new Error(`serverless.yml has no JWT authorizer ${name}`);
  return found;
};

/** Sets what the event says of the caller. A caller can't say it: what came in this header is dropped. */
const setAuthorizer = ({ raw }: AuthRequest, authorizer: object): void => {
  const { rawHeaders } = raw.req;
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (rawHeaders[at]?.toLowerCase() === AUTHORIZER_HEADER) rawHeaders.splice(at, 2);
  }
  rawHeaders.push(AUTHORIZER_HEADER, JSON.stringify(authorizer));
};

const authenticate = async (
  { name, scopes: routeScopes }: NonNullable<Endpoint['authorizer']>,
  request: AuthRequest,
  toolkit: Toolkit,
): Promise<unknown> => {
  const authorizer = authorizerOf(name);
  const token = /^(?:bearer )?(.+)$/i.exec(request.headers[authorizer.header] ?? '')?.[1];
  const outcome = token && (await checker.check(token, authorizer, routeScopes));
  if (!outcome) throw Boom.unauthorized('Unauthorized');
  if (outcome.kind === 'refused') throw outcome.status === 403 ? Boom.forbidden() : Boom.unauthorized('Unauthorized');
  const isLaptops = authorizer.issuer === process.env[ISSUER_VARIABLE];
  const claims = { ...outcome.claims, ...(isLaptops && { iss: LAPTOP_ISSUER }) };
  setAuthorizer(request, { jwt: { claims, scopes: outcome.scopes } });
  return toolkit.authenticated({ credentials: {} });
};

/**
 * serverless-offline's own JWT authorizer checks no signature, so this takes its place: routes with an authorizer need
 * a token that API Gateway would take; the others need none, and their events say of nobody that it was checked.
 */
export const authenticationFor = ({ authorizer }: Endpoint, _functionKey: string, method: string, path: string) => {
  const name = `local-${method}-${path}`;
  return {
    name,
    scheme: name,
    getAuthenticateFunction: (server: GatewayServer) => {
      answerAsGateway(server);
      return {
        authenticate: (request: AuthRequest, toolkit: Toolkit) => {
          if (authorizer) return authenticate(authorizer, request, toolkit);
          setAuthorizer(request, {});
          return toolkit.authenticated({ credentials: {} });
        },
      };
    },
  };
};
