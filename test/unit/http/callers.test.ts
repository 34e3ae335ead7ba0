import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpFunction } from '../../../src/http/function.ts';
import type { LoginSettings } from '../../../src/settings.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { TestRuntime } from '../../support/test-runtime.ts';
import { SETTINGS } from '../../support/world.ts';

const ISSUER = 'https://login.example';

let table: MemoryTable;
let runtime: TestRuntime;
beforeEach(() => {
  table = new MemoryTable();
  runtime = new TestRuntime();
});

/** A function of its own: it shares no memory with another one. */
const call = async (
  routeKey: string,
  claims: Record<string, unknown> | undefined,
  body?: object,
  login: Partial<LoginSettings> = {},
) => {
  const settings = { ...SETTINGS, login: { ...SETTINGS.login, ...login } };
  const handler = createHttpFunction({ settings, table, sockets: new FakeSockets(), runtime });
  const event = {
    version: '2.0',
    routeKey,
    headers: { 'content-type': 'application/json' },
    requestContext: claims && { authorizer: { jwt: { claims: { exp: '4102444800', ...claims } } } },
    ...(body && { body: JSON.stringify(body) }),
  };
  const result = (await handler(event as never, {} as Context)) as { statusCode: number; body?: string };
  const answer = result.body ? JSON.parse(result.body) : undefined;
  return { status: result.statusCode, code: answer?.code, name: answer?.username ?? answer?.author, detail: answer };
};

const claimsOf = (sub: string, username?: unknown) => ({
  iss: ISSUER,
  sub,
  ...(username !== undefined && { username }),
});
const handle = (sub: string, name: string) => call('PUT /users/me/handle', claimsOf(sub), { handle: name });

describe('a login', () => {
  it('gets the handle of its username claim by its first call, on any route', async () => {
    expect(await call('POST /thoughts', claimsOf('1', 'alice'), { text: 'hi' })).toMatchObject({ name: 'alice' });
    expect(await call('GET /users/me', claimsOf('1', 'alice'))).toMatchObject({ status: 200, name: 'alice' });
    expect((await call('GET /timeline', claimsOf('2', 'bob'))).status).toBe(200);
    expect(await call('GET /users/me', claimsOf('2'))).toMatchObject({ status: 200, name: 'bob' });
  });

  it('keeps its handle when the username claim changes', async () => {
    await call('GET /users/me', claimsOf('1', 'alice'));
    expect(await call('GET /users/me', claimsOf('1', 'alice_cooper'))).toMatchObject({ name: 'alice' });
  });

  it.each([
    undefined,
    'Alice',
    'alice@example.org',
    '6c1b9b4e-4cf1-4e0c-8f4b-6d7bb6a5e2d1',
    'me',
    'admin',
    7,
    '__proto__',
  ])('with the claim %j has to choose one first, and can', async (claim) => {
    expect(await call('GET /timeline', claimsOf('1', claim))).toMatchObject({ status: 403, code: 'handle_required' });
    expect(table.items.size).toBe(0);
    expect((await handle('1', 'alice')).status).toBe(204);
    expect(await call('POST /thoughts', claimsOf('1', claim), { text: 'hi' })).toMatchObject({ name: 'alice' });
  });

  it('with a recycled name gets no handle of its predecessor', async () => {
    await call('POST /thoughts', claimsOf('first', 'alice'), { text: 'mine' });
    expect(await call('GET /users/me', claimsOf('second', 'alice'))).toMatchObject({ code: 'handle_required' });
    expect(await handle('second', 'alice')).toMatchObject({ status: 409, code: 'handle_taken' });
    expect((await handle('second', 'alice_2')).status).toBe(204);
    expect(await call('GET /users/me', claimsOf('second', 'alice'))).toMatchObject({ name: 'alice_2' });
    expect(await call('GET /users/me', claimsOf('first', 'alice'))).toMatchObject({ name: 'alice' });
  });

  it('of another issuer is somebody else', async () => {
    await call('GET /users/me', claimsOf('1', 'alice'));
    const other = { iss: 'https://other.example', sub: '1', username: 'alice' };
    expect(await call('GET /users/me', other)).toMatchObject({ code: 'handle_required' });
  });

  it('chooses a handle once', async () => {
    await handle('1', 'alice');
    expect((await handle('1', 'alice')).status).toBe(204);
    expect(await handle('1', 'alina')).toMatchObject({ status: 409, code: 'handle_chosen' });
    expect(await handle('2', 'admin')).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('reads its name from the claim that the operator names', async () => {
    const claims = { ...claimsOf('1', 'not_this'), nickname: 'alice' };
    expect(await call('GET /users/me', claims, undefined, { usernameClaim: 'nickname' })).toMatchObject({
      name: 'alice',
    });
  });

  it.each([undefined, {}, { iss: ISSUER }, { sub: '1' }, { iss: ISSUER, sub: '' }])(
    'without a subject is none: %j',
    async (claims) => {
      expect(await call('GET /timeline', claims)).toMatchObject({ status: 401, detail: { message: 'Unauthorized' } });
    },
  );
});

describe('a profile of the first edition', () => {
  const asBefore = async () => {
    await call('PUT /users/me', claimsOf('old', 'rita'), { bio: 'first edition' });
    // The first edition knew neither accounts nor handles.
    for (const item of [...table.items.values()]) {
      if (item.type === 'account' || item.type === 'handle')
        await table.write([{ delete: { pk: item.pk, sk: item.sk } }]);
    }
  };

  it('goes to no login by default', async () => {
    await asBefore();
    expect(await call('GET /users/me', claimsOf('1', 'rita'))).toMatchObject({ code: 'handle_required' });
    expect(await handle('1', 'rita')).toMatchObject({ code: 'handle_taken' });
  });

  it('goes to the first login with its name when the operator allows it, and never to a login that only chooses the name', async () => {
    await asBefore();
    const open = { takesOverProfiles: true };
    const asked = await call('PUT /users/me/handle', claimsOf('1', 'other'), { handle: 'rita' }, open);
    expect(asked).toMatchObject({ code: 'handle_taken' });
    const answer = await call('GET /users/me', claimsOf('2', 'rita'), undefined, open);
    expect(answer.detail).toMatchObject({ username: 'rita', bio: 'first edition' });
    expect(await call('GET /users/me', claimsOf('3', 'rita'), undefined, open)).toMatchObject({
      code: 'handle_required',
    });
  });
});
