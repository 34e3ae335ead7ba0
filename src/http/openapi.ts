import * as z from 'zod/mini';
import { type JsonSchema, SchemaComponents } from '../schemas/schema-components.ts';
import { PROBLEMS, type ProblemCode, ProblemView } from './problems.ts';
import type { Route } from './route.ts';

const PROBLEM_TYPE = 'application/problem+json';

const parametersOf = (schema: z.ZodMiniType, where: 'path' | 'query', components: SchemaComponents) => {
  const { properties = {}, required = [] } = components.schema(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: own,
  }));
};

/** What the gateway answers by itself, in its own words. */
const GatewayMessage = z.object({ message: z.string() }).check(z.meta({ id: 'GatewayMessage' }));

/** What may go wrong with any route of its kind, beside what the route itself names. */
const problemsOf = (route: Route, hasQuery: boolean): ProblemCode[] => {
  const common: ProblemCode[] = ['invalid_request', 'internal_error', 'busy'];
  if (route.auth !== 'none') common.push('unauthorized');
  if (route.auth === 'user') common.push('handle_required', 'account_erasing');
  if (route.body) common.push('invalid_json', 'payload_too_large', 'unsupported_media_type');
  // Whatever takes a query gives a list, and lists are limited by their entries.
  if (route.limit || hasQuery) common.push('rate_limited');
  return [...new Set([...common, ...route.problems])];
};

const responsesOf = (route: Route, components: SchemaComponents) => {
  const good = Object.entries(route.responses).map(([status, schema]) => [
    status,
    typeof schema === 'string'
      ? { description: schema }
      : { description: 'Done', content: { 'application/json': { schema: components.schema(schema, 'output') } } },
  ]);
  const hasQuery = parametersOf(route.query, 'query', components).length > 0;
  const byStatus = Map.groupBy(problemsOf(route, hasQuery), (code) => PROBLEMS[code].status);
  const bad = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('. '),
      content:
        status === 401
          ? { 'application/json': { schema: components.schema(GatewayMessage, 'output') } }
          : { [PROBLEM_TYPE]: { schema: components.schema(ProblemView, 'output') } },
    },
  ]);
  return Object.fromEntries([...good, ...bad]);
};

/** The API's reference, made of the very schemas that check its requests. */
export const openApi = (routes: Record<string, Route>) => {
  const components = new SchemaComponents('draft-2020-12');
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, route] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = {
      operationId: key.replaceAll(/[^A-Za-z]+/g, '_'),
      summary: route.summary,
      security: route.auth === 'none' ? [] : [{ login: [] }],
      parameters: [
        ...parametersOf(route.params, 'path', components),
        ...parametersOf(route.query, 'query', components),
        ...Object.entries(route.headers ?? {}).map(([name, description]) => ({
          name,
          in: 'header',
          required: false,
          description,
          schema: { type: 'string' },
        })),
      ],
      ...(route.body && {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: components.schema(route.body, 'input') } },
        },
      }),
      responses: responsesOf(route, components),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Deep Thoughts', version: '1.0.0', description: 'Thoughts, posted once and fanned out live.' },
    servers: [{ url: '/', description: 'Where this document is' }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: { login: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
};
