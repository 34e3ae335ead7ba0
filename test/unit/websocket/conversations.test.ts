import { beforeEach, describe, expect, it } from 'vitest';
import { createWebSocketHandler } from '../../../src/websocket/handler.ts';
import { Resumer } from '../../../src/websocket/resume.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { FakeSockets, socketsOf } from '../../support/fake-sockets.ts';
import { MemoryTable } from '../../support/memory-table.ts';
import { createWorld, times } from '../../support/world.ts';

const HOUR = 3_600_000;
const UNKNOWN = { code: 'unknown_channel' };

describe('the frames about a conversation', () => {
  let world: ReturnType<typeof createWorld>;
  let handler: ReturnType<typeof createWebSocketHandler>;
  let id: string;
  let channel: string;
  let sockets: FakeSockets;

  beforeEach(async () => {
    world = createWorld(new MemoryTable());
    sockets = new FakeSockets();
    handler = createWebSocketHandler({
      ...world,
      resumer: new Resumer(world),
      ...socketsOf(world, sockets),
    });
    for (const name of ['alice', 'bob', 'carol', 'dave']) {
      await world.users.ensure(name);
      const live = {
        connectionId: `c-${name}`,
        connectedAt: world.runtime.now(),
        authExpiresAt: world.runtime.now() + HOUR,
      };
      await world.connections.add({ username: name, ...live });
      await world.presence.connected(name, live);
    }
    const { conversation } = posted(await world.conversations.open('alice', { members: ['bob', 'carol'], text: '1' }));
    id = conversation.head.id;
    channel = `conversation:${id}`;
  });

  const send = async (username: string, frame: object) => {
    const requestContext = { routeKey: '$default', connectionId: `c-${username}` };
    const { body = '' } = await handler({ requestContext, body: JSON.stringify(frame) } as never);
    return JSON.parse(body);
  };
  const pushed = () => sockets.posts.map(({ connectionId, frame }) => [connectionId, JSON.parse(frame)]);
  const say = async (author: string, text: string) => posted(await world.messages.post(id, { author, text })).message;
  const since = () => world.runtime.newId();
  const resume = async (username: string, from: string, page?: string) => {
    const { messages = [], parts } = await send(username, {
      action: 'resume',
      channels: [{ channel, since: from, ...(page !== undefined && { page }) }],
    });
    return { texts: messages.map((event: { message?: { text: string } }) => event.message?.text), part: parts[0] };
  };

  it('are answered to a member', async () => {
    const from = since();
    await say('bob', '2');
    expect(await send('alice', { action: 'subscribe', channels: [channel] })).toMatchObject({
      channels: [{ asked: channel, channel }],
      refused: [],
    });
    expect(await resume('alice', from)).toEqual({ texts: ['1', '2'], part: { channel } });
    expect(await send('alice', { action: 'typing', conversationId: id })).toMatchObject({ refused: [] });
    const frame = { type: 'conversation.typing', conversationId: id, username: 'alice' };
    expect(pushed()).toEqual([
      ['c-bob', frame],
      ['c-carol', frame],
    ]);
  });

  it.each(['an outsider', 'one who has left'])('are answered to %s as if there were none', async (who) => {
    const from = since();
    if (who === 'one who has left') await world.conversations.leave('carol', id);
    const username = who === 'one who has left' ? 'carol' : 'dave';
    const nowhere = `conversation:${world.runtime.newId()}`;
    await say('bob', 'secret');
    for (const name of [channel, nowhere]) {
      expect(await send(username, { action: 'subscribe', channels: [name] })).toMatchObject({
        channels: [],
        refused: [{ channel: name, ...UNKNOWN }],
      });
      expect(await send(username, { action: 'subscribe', channel: name })).toMatchObject(UNKNOWN);
      expect(await send(username, { action: 'resume', channel: name, since: from })).toMatchObject(UNKNOWN);
      expect(await send(username, { action: 'history', channel: name })).toMatchObject(UNKNOWN);
      const typing = await send(username, { action: 'typing', conversationId: name.slice('conversation:'.length) });
      expect(typing).toMatchObject({ channels: [], refused: [{ channel: name, ...UNKNOWN }] });
    }
    expect(pushed()).toEqual([]);
    const resumed = await resume(username, from);
    if (username === 'dave') expect(resumed).toMatchObject({ texts: [], part: { channel, error: UNKNOWN } });
    else expect(resumed).toEqual({ texts: ['1'], part: { channel } });
    const checked = await send(username, { action: 'check', conversations: true });
    expect(checked.conversations).toEqual({});
  });

  it('replay from shortly before what the client has, page by page, deletes included', async () => {
    world.runtime.pass(HOUR / 2);
    const from = since();
    for (const at of times(120, (n) => n + 2)) await say('bob', String(at));
    await world.messages.delete(id, 60, 'bob');
    const texts: string[] = [];
    let page: string | undefined;
    for (let pages = 1; ; pages++) {
      const { texts: some, part } = await resume('carol', from, page);
      texts.push(...some);
      page = part.next;
      if (page === undefined) {
        expect(pages).toBe(3);
        break;
      }
    }
    expect(texts).toEqual(times(120, (n) => (n + 2 === 60 ? undefined : String(n + 2))));
  });

  it('tell a client to read messages again over HTTP when they are too old for a replay', async () => {
    const from = since();
    for (const at of times(500, (n) => n)) await say('bob', String(at));
    expect(await resume('carol', from)).toEqual({ texts: [], part: { channel, gap: true } });
  });

  it('compare numbers by the rows of the inbox', async () => {
    const head = { id, seq: 7, place: 5, rosterVersion: 1 };
    const last = await world.messages.stored(id, 1);
    await world.inboxes.raise('bob', head, last);
    expect(await send('bob', { action: 'check', conversations: true })).toMatchObject({ conversations: { [id]: 7 } });
    expect(await send('bob', { action: 'check' })).not.toHaveProperty('conversations');
  });

  it('push typing once in three seconds, in small groups, and not to a person with a block', async () => {
    const type = (conversationId = id) => send('alice', { action: 'typing', conversationId });
    await type();
    await type();
    expect(pushed()).toHaveLength(2);
    world.runtime.pass(3_001);
    await type();
    expect(pushed()).toHaveLength(4);
    const names = times(20, (at) => `member_${at}`);
    for (const name of names) await world.users.ensure(name);
    for (const members of [[...names, 'bob'], ['bob']]) {
      world.runtime.pass(3_001);
      const { conversation } = posted(await world.conversations.open('alice', { members, text: 'x' }));
      await world.blocks.block('bob', 'alice');
      await type(conversation.head.id);
      await world.blocks.unblock('bob', 'alice');
    }
    expect(pushed()).toHaveLength(4);
  });
});
