import { afterAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../../client/index.ts';
import { ServerFrames } from '../../../src/protocol/server-frames.ts';
import { waitFor } from '../../../tools/support/measure.ts';
import { posted } from '../../support/contracts/conversation-contract.ts';
import { LivingStack } from '../../support/living-stack.ts';

type Frame = { type: keyof typeof ServerFrames; id?: string };

const stack = new LivingStack();
afterAll(() => stack.gateway.close());

/** Everything that can be pushed or answered, as it went over the wire, against the schemas of the AsyncAPI document. */
it('every frame that a server sends is as its schema says, and no field more', async () => {
  await stack.start();
  const { users, follows, thoughts, conversations, messages, inboxes } = stack.stores;
  for (const name of ['alice', 'bob', 'carol']) await users.ensure(name);
  await follows.follow('bob', 'alice');
  await stack.settle();
  const frames: Frame[] = [];
  const sockets = await Promise.all(
    ['bob', 'carol'].map(async (name) => {
      const socket = new WebSocket(`${stack.url}?ticket=${await stack.ticket(name)}`, SUBPROTOCOL);
      socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
      await new Promise((resolve) => socket.once('open', resolve));
      return socket;
    }),
  );
  const [bob, carol] = sockets;
  const has = (type: string, count = 1) =>
    waitFor(type, () => frames.filter((frame) => frame.type === type).length >= count);
  const ask = (frame: object) => bob?.send(JSON.stringify({ id: '1', ...frame }));

  const id = await stack.post('alice', 'with a #topic');
  await has('events');
  await thoughts.edit('alice', id, { text: 'edited' });
  await has('events', 2);
  await thoughts.delete('alice', id);
  await has('events', 3);
  await follows.follow('bob', 'carol');
  await has('gap');
  await follows.unfollow('bob', 'carol');
  await has('relation');

  const opened = posted(await conversations.open('alice', { members: ['bob', 'carol'], text: 'hello' }));
  const conversationId = opened.conversation.head.id;
  await has('messages', 2);
  await messages.edit(conversationId, 1, 'alice', 'hello, edited');
  await has('messages', 4);
  await messages.delete(conversationId, 1, 'alice');
  await has('messages', 6);
  await inboxes.markRead('bob', conversationId, 1, 'reader');
  await has('conversation.read');
  carol?.send(JSON.stringify({ action: 'typing', conversationId }));
  await has('conversation.typing');
  await conversations.leave('carol', conversationId);
  await has('conversation.changed', 2);

  await stack.post('alice', 'once more');
  ask({ action: 'subscribe', channels: ['topic:tea', 'nowhere'] });
  await has('ack');
  const channels = ['timeline', `conversation:${conversationId}`, 'all'];
  ask({ action: 'resume', channels: channels.map((channel) => ({ channel, since: id })) });
  await has('replay');
  ask({ action: 'history', channel: 'timeline' });
  await has('history');
  ask({ action: 'ping' });
  ask({ action: 'check', authors: ['alice'], since: id, conversations: true });
  await has('pong', 2);
  ask({ action: 'heartbeat' });
  await has('heartbeat');
  ask({ action: 'dance' });
  await has('error');

  for (const frame of frames) expect(ServerFrames[frame.type].parse(frame), frame.type).toEqual(frame);
  expect([...new Set(frames.map(({ type }) => type))].sort()).toEqual(Object.keys(ServerFrames).sort());
  for (const socket of sockets) socket.terminate();
});
