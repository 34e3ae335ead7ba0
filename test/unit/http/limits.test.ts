import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpFunction } from '../../../src/http/function.ts';
import { readRates } from '../../../src/limits/rates.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { memoryRoutes } from '../../support/routes.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { SETTINGS } from '../../support/world.ts';

let runtime: TestRuntime;
let handler: ReturnType<typeof createHttpFunction>;
beforeEach(() => {
  runtime = new TestRuntime();
  const settings = { ...SETTINGS, limits: readRates('posts=3/60') };
  handler = createHttpFunction({ settings, table: new MemoryTable(), sockets: new FakeSockets(), runtime });
});

const post = async (name: string, text = 'hi') => {
  const event = {
    routeKey: 'POST /thoughts',
    headers: { 'content-type': 'application/json' },
    requestContext: { authorizer: { jwt: { claims: { iss: 'i', sub: name, username: name, exp: '4102444800' } } } },
    body: JSON.stringify({ text }),
  };
  const { statusCode, body, headers } = (await handler(event as never, {} as Context)) as {
    statusCode: number;
    body: string;
    headers: Record<string, string>;
  };
  return { status: statusCode, code: JSON.parse(body).code, retryAfter: headers['retry-after'] };
};

describe('a person who asks too often', () => {
  it('is answered 429, with the seconds until the next one fits, and then served again', async () => {
    for (let n = 0; n < 3; n++) expect(await post('alice')).toMatchObject({ status: 201 });
    expect(await post('alice')).toEqual({ status: 429, code: 'rate_limited', retryAfter: '20' });
    expect(await post('bob')).toMatchObject({ status: 201 });
    runtime.pass(19_001);
    expect(await post('alice')).toMatchObject({ status: 429, retryAfter: '1' });
    runtime.pass(999);
    expect(await post('alice')).toMatchObject({ status: 201 });
    expect(await post('alice')).toMatchObject({ status: 429, retryAfter: '20' });
  });

  it('loses nothing of the limit by a request that could not succeed', async () => {
    for (let n = 0; n < 10; n++) expect(await post('alice', '')).toMatchObject({ status: 400 });
    expect(await post('alice')).toMatchObject({ status: 201 });
  });
});

describe('every route that writes', () => {
  it('has a limit, but for the choice of a handle and the erasure, which happen once', () => {
    const without = Object.entries(memoryRoutes()).filter(([key, { limit }]) => !key.startsWith('GET ') && !limit);
    expect(without.map(([key]) => key)).toEqual(['PUT /users/me/handle', 'DELETE /users/me']);
  });
});
