import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { MAX_BLOCKS } from '../../../src/follows/block-store.ts';
import { createHttpFunction } from '../../../src/http/function.ts';
import { keys } from '../../../src/keys/keys.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld } from '../../support/world.ts';

it('the most blocks are answered 409, and leave what stands as it is', async () => {
  const world = createWorld(new MemoryTable());
  const { settings, table, runtime } = world;
  const handler = createHttpFunction({ settings, table, sockets: new FakeSockets(), runtime });
  const ask = async (routeKey: string, username: string) => {
    const claims = { iss: 'i', sub: 'alice', username: 'alice', exp: '4102444800' };
    const event = {
      ...{ routeKey, headers: {}, pathParameters: { username } },
      requestContext: { authorizer: { jwt: { claims } } },
    };
    const { statusCode, body = '' } = (await handler(event as never, {} as Context)) as Record<string, never>;
    return [statusCode, body && (JSON.parse(body) as { code: string }).code];
  };
  for (const name of ['bob', 'carol']) await world.users.ensure(name);
  await table.write([
    { update: keys.count({ kind: 'user', username: 'alice' }, 'OWN'), set: { type: 'count', blocks: MAX_BLOCKS - 1 } },
  ]);
  expect(await ask('PUT /users/{username}/block', 'bob')).toEqual([204, '']);
  expect(await ask('PUT /users/{username}/block', 'carol')).toEqual([409, 'too_many_blocks']);
  expect(await world.blocks.isBlocked('alice', ['carol'])).toBe(false);
  expect(await ask('PUT /users/{username}/block', 'bob')).toEqual([204, '']);
  expect(await ask('DELETE /users/{username}/block', 'bob')).toEqual([204, '']);
  expect(await ask('PUT /users/{username}/block', 'carol')).toEqual([204, '']);
});
