/** A function that decides who may connect, before `$connect` is called. */
export interface Authorizer {
  invoke: (event: unknown) => Promise<unknown>;
  /** Such as `route.request.header.Auth` or `route.request.querystring.token`. When one is missing, the handshake is refused without a call. */
  identitySources: string[];
  /** The function's name, for errors. */
  name: string;
}

/** The part of a `$connect` event that the authorizer gets. */
interface Request {
  headers: Record<string, string | undefined>;
  queryStringParameters?: Record<string, string>;
  requestContext: { apiId: string; stage: string; routeKey: string };
}

export type Verdict =
  /** `context` travels with each event of the connection. */
  { kind: 'allowed'; context: Record<string, unknown> } | { kind: 'refused'; status: number };

const SOURCE = /^(?:route|method)\.request\.(header|querystring)\.(.+)$/;

/** @throws Error for a source that is neither a header nor a query parameter */
const valueAt = (source: string, { headers, queryStringParameters = {} }: Request): string | undefined => {
  const [, kind, name = ''] = SOURCE.exec(source) ?? [];
  if (kind === 'querystring') return queryStringParameters[name];
  if (kind === 'header') {
    return Object.entries(headers).find(([header]) => header.toLowerCase() === name.toLowerCase())?.[1];
  }
  throw new Error(`The identity source ${source} is not supported: name a header or a query string parameter`);
};

/**
 * Asks a REQUEST authorizer. A missing identity source answers 401 and a policy that doesn't allow the route 403; so does
 * a function that fails with `Unauthorized` (401) or in any other way (500).
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export const authorize = async (authorizer: Authorizer, request: Request, region: string): Promise<Verdict> => {
  if (authorizer.identitySources.some((source) => !valueAt(source, request))) return { kind: 'refused', status: 401 };
  const { apiId, stage, routeKey } = request.requestContext;
  const methodArn = `arn:aws:execute-api:${region}:000000000000:${apiId}/${stage}/${routeKey}`;
  try {
    const answer = (await authorizer.invoke({ type: 'REQUEST', methodArn, ...request })) as Answer | null;
    if (!answer?.principalId || !isAllowed(answer.policyDocument, methodArn)) return { kind: 'refused', status: 403 };
    const { principalId, context } = answer;
    return { kind: 'allowed', context: { ...context, principalId, integrationLatency: 0 } };
  } catch (error) {
    return { kind: 'refused', status: error instanceof Error && error.message === 'Unauthorized' ? 401 : 500 };
  }
};

interface Answer {
  principalId?: string;
  policyDocument?: { Statement?: Statement | Statement[] };
  context?: Record<string, unknown>;
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/** A route is refused when no statement allows it, or when a statement denies it. */
const isAllowed = (policy: Answer['policyDocument'], arn: string): boolean => {
  const matching = [policy?.Statement ?? []]
    .flat()
    .filter(
      ({ Action, Resource }) =>
        [Action].flat().some((action) => matches(action.toLowerCase(), 'execute-api:invoke')) &&
        [Resource].flat().some((resource) => matches(resource, arn)),
    );
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
};

/** `*` matches any number of characters, `?` matches one. */
const matches = (pattern: string, text: string): boolean => {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
};
