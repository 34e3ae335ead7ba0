import middy from '@middy/core';
import headerNormalizer from '@middy/http-header-normalizer';
import jsonBodyParser from '@middy/http-json-body-parser';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { TableBusyError } from '../table/table.ts';
import { isTransient } from '../table/transient.ts';
import { Username } from '../users/username.ts';
import { Problem } from './problems.ts';
import { type Caller, parse, type Route } from './route.ts';

type Event = APIGatewayProxyEventV2 & Partial<Pick<APIGatewayProxyEventV2WithJWTAuthorizer, 'requestContext'>>;
type Result = APIGatewayProxyStructuredResultV2;

interface Settings {
  /** Which claim of the access token is the username. */
  usernameClaim: string;
}

/**
 * The HTTP function. The gateway has chosen the route and checked the token; this checks the rest, and answers in
 * JSON whatever happens.
 */
export const createHttpHandler = (routes: Record<string, Route>, { usernameClaim }: Settings) => {
  const parseBody = jsonBodyParser().before;

  return middy<Event, Result>()
    .use(headerNormalizer())
    .before(async (request) => {
      if (routes[request.event.routeKey]?.body) await parseBody?.(request as never);
    })
    .handler(async (event: Event): Promise<Result> => {
      const route = routes[event.routeKey];
      if (!route) throw new Problem('route_not_found');
      const caller = route.auth === 'user' ? callerOf(event, usernameClaim) : undefined;
      const answer = await route.handle(
        {
          params: parse(route.params, event.pathParameters ?? {}, 'path'),
          query: parse(route.query, event.queryStringParameters ?? {}, 'query'),
          body: route.body ? parse(route.body, event.body, 'body') : undefined,
          headers: event.headers,
        },
        caller,
      );
      return jsonResult(answer.status, answer.body, answer.headers);
    })
    .onError((request) => {
      const problem = toProblem(request.error);
      if (problem.status >= 500) {
        console.error(
          JSON.stringify({ message: problem.code, route: request.event.routeKey, error: describe(request.error) }),
        );
      }
      request.response = jsonResult(problem.status, problem.view(), {
        'content-type': 'application/problem+json',
        ...(problem.code === 'busy' && { 'retry-after': '1' }),
      });
    });
};

const jsonResult = (statusCode: number, body?: unknown, headers: Record<string, string> = {}): Result => {
  if (body === undefined) return { statusCode, headers };
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
};

const callerOf = (event: Event, usernameClaim: string): Caller => {
  const claims = (event as APIGatewayProxyEventV2WithJWTAuthorizer).requestContext.authorizer?.jwt?.claims;
  if (!claims) throw new Problem('unauthorized');
  const username = Username.safeParse(claims[usernameClaim]);
  if (!username.success) throw new Problem('invalid_username');
  return { username: username.data, authExpiresAt: Number(claims.exp) * 1000 };
};

const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  const status = (error as { statusCode?: number } | null)?.statusCode;
  if (status === 415) return new Problem('unsupported_media_type');
  if (status === 422) return new Problem('invalid_json');
  if (error instanceof TableBusyError || isTransient(error)) return new Problem('busy');
  return new Problem('internal_error');
};

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
