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

  it.each(Object.entries(routes))('%s has its token checked by the gateway just when it needs one', (key, { auth }) => {
    expect(listed.get(key)).toBe(auth !== 'none');
  });
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

  it('gives each operation a name of its own', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { operationId: string }).operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
