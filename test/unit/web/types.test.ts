import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openApi } from '../../../src/http/openapi.ts';
import { apiTypes } from '../../../tools/api-types/types.ts';
import { memoryRoutes } from '../../support/routes.ts';

const bare = (code: string) => code.replaceAll(/[\s;,|]/g, '');

it("the page's types are those of the routes; `npm run web:types` makes them anew", () => {
  const kept = readFileSync(new URL('../../../web/src/api/types.ts', import.meta.url), 'utf8');
  expect(bare(kept) === bare(apiTypes(openApi(memoryRoutes()))), 'Run `npm run web:types`').toBe(true);
});

it('types say what is required, and what one of several values is', () => {
  const schema = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });
  const made = apiTypes({
    components: {
      schemas: { Tea: schema({ kind: { enum: ['green', 'black'] }, 'brewed-at': { type: 'string' } }, ['kind']) },
    },
    paths: {
      '/teas/{id}': {
        put: {
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'If-Match', in: 'header', required: false, schema: { type: 'string' } },
          ],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tea' } } } },
          responses: { 204: {}, 400: {} },
        },
      },
    },
  });
  expect(made).toContain("export interface Tea { kind: 'green' | 'black'; 'brewed-at'?: string }");
  expect(made).toContain(
    "'PUT /teas/{id}': { params: { id: string }; headers?: { 'If-Match'?: string }; body: Tea; answer: undefined };",
  );
});
