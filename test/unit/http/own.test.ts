import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpFunction } from '../../../src/http/function.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post, times, type World } from '../../support/world.ts';

let world: World;
let handler: ReturnType<typeof createHttpFunction>;
beforeEach(() => {
  world = createWorld(new MemoryTable());
  const { settings, table, runtime } = world;
  handler = createHttpFunction({ settings, table, sockets: new FakeSockets(), runtime });
});

const ask = async (routeKey: string, query: Record<string, string>) => {
  const claims = { iss: 'i', sub: 'alice', username: 'alice', exp: '4102444800' };
  const event = {
    ...{ routeKey, headers: {}, queryStringParameters: query },
    requestContext: { authorizer: { jwt: { claims } } },
  };
  const { statusCode, body } = (await handler(event as never, {} as Context)) as { statusCode: number; body: string };
  return { status: statusCode, body: JSON.parse(body) };
};

describe("one's own relations", () => {
  it('are answered in the order of the question, each once', async () => {
    await world.users.ensure('bob');
    await world.follows.follow('alice', 'bob');
    const nothing = { follows: false, muted: false, blocked: false };
    expect(await ask('GET /users/me/relations', { usernames: 'carol,bob,carol' })).toEqual({
      status: 200,
      body: {
        items: [
          { username: 'carol', ...nothing },
          { username: 'bob', ...nothing, follows: true },
        ],
      },
    });
  });

  it.each([
    ['', 'query.usernames.0: must be 2 to 30'],
    ['bob,ME', 'query.usernames.1: must be 2 to 30'],
    [times(26, (at) => `user_${at}`).join(), 'query.usernames: must be at most 25'],
  ])('are refused for "%s"', async (usernames, detail) => {
    const { status, body } = await ask('GET /users/me/relations', { usernames });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.detail).toContain(detail);
  });
});

describe("one's own reactions", () => {
  it('are answered for the thoughts to which the person has reacted', async () => {
    const [first, second] = [await post(world, 'bob'), await post(world, 'bob')];
    await world.reactions.react('alice', second, 'love');
    await world.reactions.react('carol', first, 'sad');
    expect(await ask('GET /users/me/reactions', { thoughts: `${first.id},${second.id}` })).toEqual({
      status: 200,
      body: { items: [{ thoughtId: second.id, kind: 'love' }] },
    });
  });

  it('are refused for a value that is not an id', async () => {
    expect(await ask('GET /users/me/reactions', { thoughts: 'a' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});
