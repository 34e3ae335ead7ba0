import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHttpFunction } from '../../../src/http/function.ts';
import { FakeSockets } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, post, times, type World } from '../../support/world.ts';

let world: World;
let sockets: FakeSockets;
let handler: ReturnType<typeof createHttpFunction>;
beforeEach(async () => {
  world = createWorld(new MemoryTable());
  sockets = new FakeSockets();
  handler = createHttpFunction({ settings: world.settings, table: world.table, sockets, runtime: world.runtime });
});

const call = async (routeKey: string, query: Record<string, string> = {}, body?: object) => {
  const event = {
    routeKey,
    headers: { 'content-type': 'application/json' },
    queryStringParameters: query,
    requestContext: {
      authorizer: { jwt: { claims: { iss: 'i', sub: 'alice', username: 'alice', exp: '4102444800' } } },
    },
    ...(body && { body: JSON.stringify(body) }),
  };
  const {
    statusCode,
    body: text,
    headers,
  } = (await handler(event as never, {} as Context)) as {
    statusCode: number;
    body: string;
    headers: Record<string, string>;
  };
  return { status: statusCode, text, headers };
};
const json = async (...parts: Parameters<typeof call>) => {
  const { status, text } = await call(...parts);
  return { status, body: JSON.parse(text) };
};

/** Every line of an export, page by page. */
const exported = async (): Promise<Record<string, unknown>[]> => {
  const lines: Record<string, unknown>[] = [];
  let query: Record<string, string> = {};
  for (let page = 0; page < 20; page++) {
    const { text, headers, status } = await call('GET /users/me/export', query);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-ndjson');
    lines.push(
      ...text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
    const [, next] = /cursor=([^>]+)>; rel="next"/.exec(headers.link ?? '') ?? [];
    if (!next) return lines;
    query = { cursor: decodeURIComponent(next) };
  }
  throw new Error('The export does not end');
};

describe('an export', () => {
  it('has each stored item of a person once, and none of others', async () => {
    await json('POST /thoughts', {}, { text: 'first' });
    for (const name of ['bob', 'carol']) await world.users.ensure(name);
    const texts = times(600, (at) => `thought ${at}`);
    for (const text of texts) await post(world, 'alice', text);
    const bobs = await post(world, 'bob', 'of bob');
    await world.reactions.react('alice', { author: 'bob', id: bobs.id }, 'like');
    await world.follows.follow('alice', 'bob');
    await world.follows.follow('bob', 'alice');
    await world.blocks.block('alice', 'carol');
    const opened = await world.conversations.open('bob', { members: ['alice'], text: 'of bob' });
    if (!('conversation' in opened)) throw new Error('Not opened');
    await world.messages.post(opened.conversation.roster.id, { author: 'alice', text: 'my message' });
    // As the stream does it.
    await world.inboxes.markRead('alice', opened.conversation.roster.id, 1, 'stream');
    const lines = await exported();
    const of = (type: string) => lines.filter((line) => line.type === type);
    expect(of('user')).toMatchObject([{ username: 'alice' }]);
    expect(
      of('thought')
        .map(({ text }) => text)
        .sort(),
    ).toEqual(['first', ...texts].sort());
    expect(of('following')).toMatchObject([{ of: 'bob' }]);
    expect(of('follower')).toMatchObject([{ of: 'bob' }]);
    expect(of('block')).toMatchObject([{ blocked: 'carol' }]);
    expect(of('reacted')).toMatchObject([{ of: bobs.id }]);
    expect(of('message')).toMatchObject([{ text: 'my message', author: 'alice' }]);
    expect(JSON.stringify(lines)).not.toMatch(/"(pk|sk|feedPk)"/);
    expect(JSON.stringify(of('thought'))).not.toContain('of bob');
  });

  it('does not name people who have blocked the person', async () => {
    await json('POST /thoughts', {}, { text: 'first' });
    for (const name of ['bob', 'carol']) await world.users.ensure(name);
    await world.blocks.block('bob', 'alice');
    await world.blocks.block('alice', 'carol');
    const lines = await exported();
    expect(lines.filter(({ type }) => type === 'block')).toMatchObject([{ blocked: 'carol' }]);
    expect(JSON.stringify(lines)).not.toContain('bob');
  });

  it('refuses a cursor of another list', async () => {
    expect(await json('GET /users/me/export', { cursor: 'Zm9v' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });
});

describe('a person who leaves', () => {
  it("gets the erasure's progress, is refused on all other routes at once, and has no open socket", async () => {
    await json('POST /thoughts', {}, { text: 'first' });
    const live = { connectionId: 'c', connectedAt: world.runtime.now(), authExpiresAt: world.runtime.now() + 1_000 };
    await world.connections.add({ username: 'alice', ...live });
    await world.presence.connected('alice', live);
    expect(await json('GET /users/me/erasure')).toMatchObject({ status: 200, body: { state: 'none' } });
    const begun = await json('DELETE /users/me');
    expect(begun).toMatchObject({ status: 202, body: { state: 'erasing', phase: 'sockets', erased: 0 } });
    expect(sockets.closed).toEqual(['c']);
    expect(await json('POST /thoughts', {}, { text: 'more' })).toMatchObject({
      status: 410,
      body: { code: 'account_erasing' },
    });
    expect(await json('POST /tickets')).toMatchObject({ status: 410 });
    expect(await json('DELETE /users/me')).toMatchObject({ status: 202, body: begun.body });
    expect(await json('GET /users/me/erasure')).toMatchObject({ body: { state: 'erasing' } });
  });

  it('without an account has nothing to erase', async () => {
    expect(await json('DELETE /users/me')).toMatchObject({ status: 404, body: { code: 'unknown_user' } });
  });
});
