import * as z from 'zod/mini';
import { type Route, route } from '../route.ts';

const CACHED = { 'cache-control': 'public, max-age=300' };
const Document = z.record(z.string(), z.unknown());

/** The references. They are loaded and made when they are asked for, which is seldom. */
export const docsRoutes = (all: () => Record<string, Route>) => ({
  'GET /openapi.json': route({
    summary: 'This reference',
    auth: 'none',
    responses: { 200: Document },
    handle: async () => {
      const { openApi } = await import('../references.ts');
      return { status: 200, body: openApi(all()), headers: CACHED };
    },
  }),
  'GET /asyncapi.json': route({
    summary: "The live protocol's reference",
    auth: 'none',
    responses: { 200: Document },
    handle: async () => {
      const { asyncApi } = await import('../references.ts');
      return { status: 200, body: asyncApi(), headers: CACHED };
    },
  }),
  'GET /docs': route({
    summary: 'This reference as a page',
    auth: 'none',
    responses: { 200: 'A page' },
    handle: async () => {
      const { docsPage, docsPolicy } = await import('../references.ts');
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': docsPolicy };
      return { status: 200, body: docsPage, headers: { ...CACHED, ...headers } };
    },
  }),
});
