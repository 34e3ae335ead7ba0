import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/http/problems.ts';
import type { Route } from '../../../src/http/route.ts';
import { createRoutes } from '../../../src/http/routes.ts';
import { decodeCursor, encodeCursor } from '../../../src/keys/cursors.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { socketsOf } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld } from '../../support/world.ts';

/** Anybody can make a cursor: it is no secret how. */
describe('a forged cursor', () => {
  let world: ReturnType<typeof createWorld>;
  let routes: Record<string, Route>;

  beforeEach(async () => {
    world = createWorld(new MemoryTable());
    routes = createRoutes({ ...world, ...socketsOf(world) });
    for (const name of ['alice', 'bob', 'carol']) await world.users.ensure(name);
  });

  const ask = (key: string, username: string, params: object, query: object) =>
    routes[key]
      ?.handle({ params, query, body: undefined, headers: {} } as never, { username, authExpiresAt: 0 } as never)
      .catch((problem: Problem) => ({ status: problem.status, body: problem.view(), headers: {} }));

  describe('of a list of messages', () => {
    const POSITIONS = ['NaN', 'x', '-1', '0', '1', '2.5', '99', '1e300', '999999999999', '99999999999998', ' 5'];
    const ORDERS = ['newest', 'oldest'] as const;
    let id: string;

    beforeEach(async () => {
      const opened = await world.conversations.open('alice', { members: ['bob', 'carol'], text: 'first' });
      id = posted(opened).conversation.head.id;
      await world.conversations.leave('carol', id);
      for (const text of ['second', 'third', 'fourth']) await world.messages.post(id, { author: 'bob', text });
    });

    const page = async (username: string, position: string, order: 'newest' | 'oldest') => {
      const list = `messages of ${id} ${order}`;
      const query = { limit: 1, order, cursor: encodeCursor(list, position) };
      const answer = await ask('GET /conversations/{id}/messages', username, { id }, query);
      const {
        items = [],
        next,
        code,
      } = (answer?.body ?? {}) as { items?: { place: number }[]; next?: string; code?: string };
      const behind = next === undefined ? undefined : decodeCursor(list, next);
      return { status: answer?.status, code, places: items.map(({ place }) => place), behind };
    };

    it.each(POSITIONS.flatMap((position) => ORDERS.map((order) => [position, order] as const)))(
      '%j, %s first, tells who has left nothing of what came after',
      async (position, order) => {
        const { status, code, places, behind } = await page('carol', position, order);
        if (status !== 200) expect([status, code]).toEqual([400, 'invalid_cursor']);
        for (const place of places) expect(place).toBe(1);
        if (behind) expect(behind).toEqual({ kind: 'position', position: '1' });
      },
    );

    it.each(POSITIONS.flatMap((position) => ORDERS.map((order) => [position, order] as const)))(
      '%j, %s first, is a page or an invalid cursor to a member',
      async (position, order) => {
        const { status, code } = await page('alice', position, order);
        expect(status === 200 || code === 'invalid_cursor').toBe(true);
      },
    );
  });

  describe('of an export', () => {
    const EXPORT = 'GET /users/me/export';
    const LIST = 'export of carol';
    const exported = (position: string) => ask(EXPORT, 'carol', {}, { cursor: encodeCursor(LIST, position) });

    it.each(['x', '[]', 'null', '{}', '["x"]', '["own",5]', '["own",""]', '["messages"]', '["messages","x",1]'])(
      '%s is refused',
      async (position) => {
        expect((await exported(position))?.status).toBe(400);
      },
    );

    it('does not tell whether two other people write to each other, or how much', async () => {
      const { conversation } = posted(await world.conversations.open('alice', { members: ['bob'], text: 'first' }));
      for (let count = 0; count < 300; count++) {
        await world.messages.post(conversation.head.id, { author: 'bob', text: 'another' });
      }
      const [theirs, nobodys] = [conversation.head.id, world.runtime.newId()].map((id) =>
        exported(JSON.stringify(['messages', id, 1])),
      );
      expect(await theirs).toEqual(await nobodys);
    });

    it('does not tell a member who has left a group how many messages came later', async () => {
      const opened = await world.conversations.open('alice', { members: ['bob', 'carol'], text: 'first' });
      const { id } = posted(opened).conversation.head;
      await world.conversations.leave('carol', id);
      const before = await exported(JSON.stringify(['messages', id, 1]));
      for (let count = 0; count < 300; count++) await world.messages.post(id, { author: 'bob', text: 'another' });
      expect(await exported(JSON.stringify(['messages', id, 1]))).toEqual(before);
    });
  });
});
