import * as z from 'zod/mini';
import type { LimitKind } from '../limits/rates.ts';
import { faultsOf } from '../schemas/faults.ts';
import { Problem, type ProblemCode } from './problems.ts';

/** Who is asking, as the gateway's authorizer has found out. */
export interface Login {
  identity: string;
  /** When the access token ends, in milliseconds since 1970. */
  authExpiresAt: number;
  claims: Record<string, unknown>;
}

/** Whoever is asking, under the handle that others know. */
export interface Caller {
  username: string;
  /** As the login's. */
  authExpiresAt: number;
}

/** What a route needs: a user with a handle, a login that may have none yet, or nothing. */
export type Auth = 'user' | 'login' | 'none';
type CallerOf<Needs extends Auth> = Needs extends 'user' ? Caller : Needs extends 'login' ? Login : undefined;

/** What a route's own code gets: everything checked already. */
export interface Request<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  headers: Record<string, string | undefined>;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One route: what it takes, what it answers, what it can go wrong with, and what it does. */
export interface Route {
  summary: string;
  auth: Auth;
  params: z.ZodMiniType;
  query: z.ZodMiniType;
  body?: z.ZodMiniType | undefined;
  /** Request headers worth a mention in the reference. */
  headers?: Record<string, string> | undefined;
  responses: Record<number, z.ZodMiniType | string>;
  problems: ProblemCode[];
  /** What of the caller's limits a call takes; nothing for reads. */
  limit?: LimitKind | undefined;
  /** The number of tokens that the call takes; by default one. */
  takes?: ((request: Request<unknown, unknown, unknown>) => number) | undefined;
  handle: (request: Request<unknown, unknown, unknown>, caller: Caller | Login | undefined) => Promise<Answer>;
}

const Nothing = z.object({});
const NoQuery = z.strictObject({});

interface RouteDefinition<
  Needs extends Auth,
  Params extends z.ZodMiniType,
  Query extends z.ZodMiniType,
  Body extends z.ZodMiniType,
> {
  summary: string;
  auth: Needs;
  params?: Params;
  query?: Query;
  body?: Body;
  headers?: Record<string, string>;
  responses: Record<number, z.ZodMiniType | string>;
  problems?: ProblemCode[];
  limit?: Needs extends 'user' ? LimitKind : never;
  takes?(request: Request<z.output<Params>, z.output<Query>, z.output<Body>>): number;
  handle(request: Request<z.output<Params>, z.output<Query>, z.output<Body>>, caller: CallerOf<Needs>): Promise<Answer>;
}

/** Gives a route's code the types of its schemas. */
export const route = <
  Needs extends Auth,
  Params extends z.ZodMiniType = typeof Nothing,
  Query extends z.ZodMiniType = typeof Nothing,
  Body extends z.ZodMiniType = typeof Nothing,
>(
  definition: RouteDefinition<Needs, Params, Query, Body>,
): Route => ({
  ...definition,
  params: definition.params ?? Nothing,
  query: definition.query ?? NoQuery,
  problems: definition.problems ?? [],
  takes: definition.takes as Route['takes'],
  handle: definition.handle as Route['handle'],
});

/** Checks a value against a schema, and says what is wrong with it. */
export const parse = (schema: z.ZodMiniType, value: unknown, where: string): unknown => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = faultsOf(result.error.issues, where);
  throw new Problem('invalid_request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
};
