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
  const settings = { ...SETTINGS, limits: readRates('posts=3/60,invitations=4/3600') };
  handler = createHttpFunction({ settings, table: new MemoryTable(), sockets: new FakeSockets(), runtime });
});

const call = async (name: string, routeKey: string, sent?: object, pathParameters = {}) => {
  const event = {
    routeKey,
    pathParameters,
    headers: { 'content-type': 'application/json' },
    requestContext: { authorizer: { jwt: { claims: { iss: 'i', sub: name, username: name, exp: '4102444800' } } } },
    ...(sent && { body: JSON.stringify(sent) }),
  };
  const { statusCode, body, headers } = (await handler(event as never, {} as Context)) as {
    statusCode: number;
    body?: string;
    headers: Record<string, string>;
  };
  const answer = JSON.parse(body ?? '{}');
  return { answer, told: { status: statusCode, code: answer.code, retryAfter: headers['retry-after'] } };
};

const post = async (name: string, text = 'hi') => (await call(name, 'POST /thoughts', { text })).told;

describe('a person who asks too often', () => {
  it('is answered 429 with the seconds until the next call is granted, and is served after them', async () => {
    for (let n = 0; n < 3; n++) expect(await post('alice')).toMatchObject({ status: 201 });
    expect(await post('alice')).toEqual({ status: 429, code: 'rate_limited', retryAfter: '20' });
    expect(await post('bob')).toMatchObject({ status: 201 });
    runtime.pass(19_001);
    expect(await post('alice')).toMatchObject({ status: 429, retryAfter: '1' });
    runtime.pass(999);
    expect(await post('alice')).toMatchObject({ status: 201 });
    expect(await post('alice')).toMatchObject({ status: 429, retryAfter: '20' });
  });

  it('spends no token on a request that fails its schema', async () => {
    for (let n = 0; n < 10; n++) expect(await post('alice', '')).toMatchObject({ status: 400 });
    expect(await post('alice')).toMatchObject({ status: 201 });
  });
});

describe('whoever begins conversations', () => {
  beforeEach(async () => {
    for (const name of ['bob', 'carol', 'dave', 'eve']) await post(name);
  });

  const open = (...members: string[]) => call('alice', 'POST /conversations', { members, text: 'hello' });
  const minute = 60_000;

  it('is limited by the people whom they name, each once', async () => {
    expect((await open('bob', 'carol', 'dave', 'bob')).told).toMatchObject({ status: 201 });
    expect((await open('bob', 'carol')).told).toEqual({ status: 429, code: 'rate_limited', retryAfter: '900' });
    expect((await open('bob')).told).toMatchObject({ status: 201 });
    runtime.pass(15 * minute - 1);
    expect((await open('bob')).told).toMatchObject({ status: 429, retryAfter: '1' });
    runtime.pass(15 * minute + 1);
    expect((await open('bob', 'carol')).told).toMatchObject({ status: 201 });
    expect((await open('carol')).told).toMatchObject({ status: 429 });
  });

  it('is limited by the people whom they add, too, and not in what they write or rename', async () => {
    const { id } = (await open('bob', 'carol')).answer.conversation;
    const add = async (username: string) =>
      (await call('alice', 'PUT /conversations/{id}/members/{username}', undefined, { id, username })).told;
    expect(await add('dave')).toMatchObject({ status: 204 });
    expect(await add('eve')).toMatchObject({ status: 204 });
    expect(await add('eve')).toMatchObject({ status: 429, code: 'rate_limited' });
    const path = '/conversations/{id}';
    expect((await call('alice', `POST ${path}/messages`, { text: 'more' }, { id })).told.status).toBe(201);
    expect((await call('alice', `PATCH ${path}`, { name: 'us' }, { id })).told.status).toBe(200);
  });
});

describe('every route that writes', () => {
  it('has a limit, but for the choice of a handle and the erasure, which happen once', () => {
    const without = Object.entries(memoryRoutes()).filter(([key, { limit }]) => !key.startsWith('GET ') && !limit);
    expect(without.map(([key]) => key)).toEqual(['PUT /users/me/handle', 'DELETE /users/me']);
  });
});
