import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/http/problems.ts';
import type { Route } from '../../../src/http/route.ts';
import { createRoutes } from '../../../src/http/routes.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { socketsOf } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld } from '../../support/world.ts';

/** What each route about one conversation is asked. A route that is missing here fails the test. */
const BODIES: Record<string, unknown> = {
  'GET /conversations/{id}': undefined,
  'DELETE /conversations/{id}': undefined,
  'PATCH /conversations/{id}': { name: 'Another name' },
  'PUT /conversations/{id}/members/{username}': undefined,
  'DELETE /conversations/{id}/members/me': undefined,
  'GET /conversations/{id}/messages': undefined,
  'POST /conversations/{id}/messages': { text: 'let me in' },
  'PATCH /conversations/{id}/messages/{place}': { text: 'changed' },
  'DELETE /conversations/{id}/messages/{place}': undefined,
  'PUT /conversations/{id}/read': { upTo: 1 },
};
/** What was said until one has left can be read on. */
const REMOVE = 'DELETE /conversations/{id}';
const READABLE = ['GET /conversations/{id}', 'GET /conversations/{id}/messages'];

describe('the routes about one conversation', () => {
  let world: ReturnType<typeof createWorld>;
  let routes: Record<string, Route>;
  let id: string;

  beforeEach(async () => {
    world = createWorld(new MemoryTable());
    routes = createRoutes({ ...world, ...socketsOf(world) });
    for (const name of ['alice', 'bob', 'carol', 'dave', 'eve']) await world.users.ensure(name);
    id = posted(await world.conversations.open('alice', { members: ['bob', 'carol'], text: 'a secret' })).conversation
      .head.id;
  });

  const ask = async (key: string, username: string, of: string) => {
    const request = {
      params: { id: of, username: 'eve', place: 1 },
      query: { limit: 20, order: 'newest' },
      body: BODIES[key],
      headers: {},
    };
    const caller = { username, authExpiresAt: 0 };
    return routes[key]
      ?.handle(request, caller as never)
      .then(({ status, body }) => ({ status, text: JSON.stringify(body) }))
      .catch((problem: Problem) => ({ status: problem.status, text: JSON.stringify(problem.view()) }));
  };
  const about = () => Object.keys(routes).filter((key) => key.includes('/conversations/{id}'));

  it('are all covered by this test', () => {
    expect(about().sort()).toEqual(Object.keys(BODIES).sort());
  });

  it.each(Object.keys(BODIES))('%s answers an outsider 404, as for a conversation that does not exist', async (key) => {
    const answer = await ask(key, 'dave', id);
    expect(answer?.status).toBe(404);
    expect(answer).toEqual(await ask(key, 'dave', world.runtime.newId()));
  });

  it.each(Object.keys(BODIES))('%s shows a former member nothing from after they left', async (key) => {
    await world.conversations.leave('carol', id);
    await world.messages.post(id, { author: 'bob', text: 'a second secret' });
    await world.messages.edit(id, 1, 'alice', 'a third secret');
    await world.conversations.rename('bob', id, 'a fourth secret');
    const answer = await ask(key, 'carol', id);
    expect(answer?.status).toBe(READABLE.includes(key) ? 200 : key === REMOVE ? 204 : 404);
    expect(answer?.text ?? '').not.toMatch(/secret|bob/);
  });

  it('let a group be removed by who has left it alone', async () => {
    expect(await ask(REMOVE, 'carol', id)).toMatchObject({
      status: 409,
      text: expect.stringContaining('still_member'),
    });
    await world.conversations.leave('carol', id);
    expect((await ask(REMOVE, 'carol', id))?.status).toBe(204);
    for (const key of [...READABLE, REMOVE]) expect((await ask(key, 'carol', id))?.status).toBe(404);
  });

  const forMembers = Object.keys(BODIES).filter((key) => key !== REMOVE);

  it.each(forMembers)('%s answers a member', async (key) => {
    expect((await ask(key, 'alice', id))?.status).toBeLessThan(300);
  });
});

describe('one’s inbox', () => {
  it('shows a person only their own conversations, with their own unread messages', async () => {
    const world = createWorld(new MemoryTable());
    const routes = createRoutes({ ...world, ...socketsOf(world) });
    for (const name of ['alice', 'bob']) await world.users.ensure(name);
    const { conversation, message } = posted(
      await world.conversations.open('alice', { members: ['bob'], text: 'a secret' }),
    );
    await world.inboxes.raise('bob', conversation.head, message);
    const inboxOf = async (username: string) => {
      const request = { params: {}, query: { limit: 20 }, body: undefined, headers: {} };
      const answer = await routes['GET /conversations']?.handle(request, { username, authExpiresAt: 0 } as never);
      const { items } = (answer?.body ?? { items: [] }) as { items: object[] };
      return items;
    };
    expect(await inboxOf('bob')).toMatchObject([
      {
        ...{ kind: 'two', members: ['alice', 'bob'], left: false, seq: 1, readUpTo: 0, unread: 1 },
        lastMessage: { place: 1, author: 'alice', preview: 'a secret' },
      },
    ]);
    expect(await inboxOf('dave')).toEqual([]);
  });
});
