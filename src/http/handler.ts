import middy from '@middy/core';
import headerNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Limiter, TakeOutcome } from '../limits/limiter.ts';
import { isTransient } from '../runtime/transient.ts';
import type { LoginSettings } from '../settings.ts';
import { TableBusyError } from '../table/table.ts';
import { countUnits, type Units } from '../table/units.ts';
import { parseBody } from './body.ts';
import { createCallers, loginOf } from './callers.ts';
import { addressCaller, type EntryLimiter, entriesOf, personCaller } from './entry-limiter.ts';
import { Problem } from './problems.ts';
import { type Answer, parse, type Route } from './route.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

interface Dependencies {
  /** By their route keys. */
  routes: Record<string, Route>;
  accounts: AccountStore;
  limiter: Limiter;
  entryLimiter: EntryLimiter;
  login: LoginSettings;
}

/**
 * The HTTP function. The gateway has chosen the route and checked the token; this checks the rest, and answers in
 * JSON whatever happens.
 */
export const createHttpHandler = ({ routes, ...deps }: Dependencies) => {
  const callerOf = createCallers(deps);

  return middy<Event, Result>()
    .use(headerNormalizer())
    .handler(async (event: Event): Promise<Result> => {
      const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined;
      if (!route) throw new Problem('route_not_found');
      const login = route.auth === 'none' ? undefined : loginOf(event);
      const caller = route.auth === 'user' && login ? await callerOf(login) : login;
      const request = {
        params: parse(route.params, event.pathParameters ?? {}, 'path'),
        query: parse(route.query, event.queryStringParameters ?? {}, 'query'),
        body: route.body ? parse(route.body, parseBody(event), 'body') : undefined,
        headers: event.headers,
      };
      // Behind the checks, so that a request which can't succeed takes nothing.
      const username = caller && 'username' in caller ? caller.username : undefined;
      const asking =
        username === undefined ? addressCaller(event.requestContext.http?.sourceIp) : personCaller(username);
      if (route.limit && username !== undefined) {
        mustBeGranted(await deps.limiter.take(username, route.limit, route.takes?.(request)));
        return toResult(await route.handle(request, caller));
      }
      const entries = entriesOf(request.query);
      mustBeGranted(deps.entryLimiter.take(asking, entries));
      const used: Units = { reads: 0, writes: 0 };
      try {
        return toResult(await countUnits(used, () => route.handle(request, caller)));
      } finally {
        deps.entryLimiter.charge(asking, used.reads - entries);
      }
    })
    .onError((request) => {
      const problem = toProblem(request.error);
      // As the gateway answers it, which does so for nearly all of these by itself.
      if (problem.code === 'unauthorized') {
        request.response = jsonResult(401, { message: 'Unauthorized' });
        return;
      }
      if (problem.status >= 500) {
        console.error(
          JSON.stringify({ message: problem.code, route: request.event.routeKey, error: describe(request.error) }),
        );
      }
      request.response = jsonResult(problem.status, problem.view(), {
        'content-type': 'application/problem+json',
        ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
      });
    });
};

/** @throws Problem `rate_limited` */
const mustBeGranted = (outcome: TakeOutcome): void => {
  if (outcome.kind === 'granted') return;
  throw new Problem('rate_limited', undefined, { retryAfter: Math.ceil(outcome.waitMs / 1_000) });
};

const toResult = ({ status, body, headers }: Answer): Result => jsonResult(status, body, headers);

const jsonResult = (statusCode: number, body?: unknown, headers: Record<string, string> = {}): Result => {
  if (body === undefined) return { statusCode, headers };
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
};

const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof TableBusyError || isTransient(error)) return new Problem('busy');
  return new Problem('internal_error');
};

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
