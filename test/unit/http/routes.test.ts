import { describe, expect, it } from 'vitest';
import { openApi } from '../../../src/http/openapi.ts';
import { memoryRoutes } from '../../support/routes.ts';
import { listedRoutes } from '../../support/serverless-yml.ts';

const routes = memoryRoutes();
const listed = listedRoutes();

describe('the routes', () => {
  it('are those that serverless.yml lists', () => {
    expect(Object.keys(routes).sort()).toEqual([...listed.keys()].sort());
  });

  it.each(Object.entries(routes))(
    '%s has its token checked by the gateway if and only if it needs one',
    (key, { auth }) => {
      expect(listed.get(key)).toBe(auth !== 'none');
    },
  );
});

describe('the OpenAPI document', () => {
  const document = openApi(routes);

  it('has every route', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...listed.keys()].sort());
  });

  it('has every schema that it refers to', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name ?? '');
  });

  it('says of each text, name, handle and topic that it is not empty, and where the API is', () => {
    const named = (value: unknown, name = ''): [string, Record<string, unknown>][] => {
      if (typeof value !== 'object' || value === null) return [];
      const own: [string, Record<string, unknown>][] = name === '' ? [] : [[name, value as Record<string, unknown>]];
      return [...own, ...Object.entries(value).flatMap(([key, part]) => named(part, key))];
    };
    const bodies = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { requestBody?: object }).requestBody),
    );
    const filled = named(bodies).filter(([name]) => ['text', 'name', 'handle'].includes(name));
    expect(filled.length).toBeGreaterThan(6);
    for (const [name, schema] of filled) expect(schema.minLength ?? schema.pattern, name).toBeTruthy();
    expect(named(bodies).find(([name]) => name === 'topics')?.[1]).toMatchObject({ items: { minLength: 1 } });
    expect(document.servers).toEqual([{ url: '/', description: expect.any(String) }]);
  });

  it('gives each operation a name of its own', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { operationId: string }).operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
